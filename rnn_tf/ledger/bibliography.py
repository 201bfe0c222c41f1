"""The bibliography: publications as they can be cited, and their BibTeX."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One publication.

    Args:
        key: BibTeX key.
        kind: BibTeX type: ``article``, ``inproceedings``, ``book``, ``techreport``, ``misc`` …
        authors: ``"Family, Given"`` of each, in order.
        year, title: as published.
        venue: journal, proceedings, publisher or institution.
        volume, number, pages, doi, arxiv: where verified; left out otherwise.
    """

    key: str
    kind: str
    authors: tuple[str, ...]
    year: int
    title: str
    venue: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    arxiv: str = ""

    def text(self):
        """One line: authors (year). Title. Venue volume(number):pages. Links."""
        names = ["".join(f"{n[0]}. " for n in _given(a)) + a.split(",")[0] for a in self.authors]
        where = self.venue
        if self.volume:
            where += f" {self.volume}" + (f"({self.number})" if self.number else "")
        if self.pages:
            where += f": {self.pages}"
        parts = [f"{', '.join(names)} ({self.year})", self.title, where]
        if self.doi:
            parts.append(f"doi:{self.doi}")
        if self.arxiv:
            parts.append(f"arXiv:{self.arxiv}")
        return ". ".join(part for part in parts if part) + "."

    def bibtex(self):
        """The entry as BibTeX."""
        place = {
            "article": "journal",
            "inproceedings": "booktitle",
            "incollection": "booktitle",
            "book": "publisher",
            "techreport": "institution",
            "phdthesis": "school",
            "mastersthesis": "school",
        }.get(self.kind, "howpublished")
        fields = {
            "author": " and ".join(self.authors),
            "title": re.sub(r"\b([A-Z]{2,}\w*)\b", r"{\1}", self.title),
            "year": str(self.year),
            place: self.venue,
            "volume": self.volume,
            "number": self.number,
            "pages": self.pages.replace("–", "--"),
            "doi": self.doi,
            "eprint": self.arxiv,
            "archiveprefix": "arXiv" if self.arxiv else "",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}", ""])


def _given(author):
    return author.split(",")[1].split() if "," in author else ()


def _entry(key, kind, authors, year, title, venue="", **more):
    return Entry(key, kind, tuple(authors.split("; ")), year, title, venue, **more)


_ALL = (
    _entry("goodfellow2016deep", "book", "Goodfellow, Ian; Bengio, Yoshua; Courville, Aaron", 2016,
           "Deep Learning", "MIT Press"),
    _entry("bengio1994learning", "article",
           "Bengio, Yoshua; Simard, Patrice; Frasconi, Paolo", 1994,
           "Learning long-term dependencies with gradient descent is difficult",
           "IEEE Transactions on Neural Networks", volume="5", number="2", pages="157–166",
           doi="10.1109/72.279181"),
    _entry("pascanu2013difficulty", "inproceedings",
           "Pascanu, Razvan; Mikolov, Tomas; Bengio, Yoshua", 2013,
           "On the difficulty of training recurrent neural networks",
           "International Conference on Machine Learning (ICML)", arxiv="1211.5063"),
    _entry("rumelhart1986learning", "article",
           "Rumelhart, David E.; Hinton, Geoffrey E.; Williams, Ronald J.", 1986,
           "Learning representations by back-propagating errors", "Nature", volume="323",
           pages="533–536", doi="10.1038/323533a0"),
    _entry("rumelhart1986internal", "incollection",
           "Rumelhart, David E.; Hinton, Geoffrey E.; Williams, Ronald J.", 1986,
           "Learning internal representations by error propagation",
           "Parallel Distributed Processing, volume 1, chapter 8, MIT Press"),
    _entry("jordan1986serial", "techreport", "Jordan, Michael I.", 1986,
           "Serial order: a parallel distributed processing approach",
           "ICS Report 8604, Institute for Cognitive Science, University of California, San Diego"),
    _entry("elman1990finding", "article", "Elman, Jeffrey L.", 1990,
           "Finding structure in time", "Cognitive Science", volume="14", number="2",
           pages="179–211", doi="10.1207/s15516709cog1402_1"),
    _entry("zaremba2014learning", "misc", "Zaremba, Wojciech; Sutskever, Ilya", 2014,
           "Learning to execute", "arXiv", arxiv="1410.4615"),
    _entry("hochreiter1997long", "article", "Hochreiter, Sepp; Schmidhuber, Jürgen", 1997,
           "Long short-term memory", "Neural Computation", volume="9", number="8",
           pages="1735–1780", doi="10.1162/neco.1997.9.8.1735"),
    _entry("gers2000learning", "article",
           "Gers, Felix A.; Schmidhuber, Jürgen; Cummins, Fred", 2000,
           "Learning to forget: continual prediction with LSTM", "Neural Computation",
           volume="12", number="10", pages="2451–2471", doi="10.1162/089976600300015015"),
    _entry("pearlmutter1990dynamic", "techreport", "Pearlmutter, Barak A.", 1990,
           "Dynamic recurrent neural networks", "Carnegie Mellon University"),
    _entry("cho2014learning", "inproceedings",
           "Cho, Kyunghyun; van Merriënboer, Bart; Gulcehre, Caglar; Bahdanau, Dzmitry; "
           "Bougares, Fethi; Schwenk, Holger; Bengio, Yoshua", 2014,
           "Learning phrase representations using RNN encoder–decoder for statistical machine "
           "translation",
           "Conference on Empirical Methods in Natural Language Processing (EMNLP)",
           pages="1724–1734", doi="10.3115/v1/D14-1179", arxiv="1406.1078"),
    _entry("chung2014empirical", "misc",
           "Chung, Junyoung; Gulcehre, Caglar; Cho, Kyunghyun; Bengio, Yoshua", 2014,
           "Empirical evaluation of gated recurrent neural networks on sequence modeling",
           "arXiv", arxiv="1412.3555"),
    _entry("vaswani2017attention", "inproceedings",
           "Vaswani, Ashish; Shazeer, Noam; Parmar, Niki; Uszkoreit, Jakob; Jones, Llion; "
           "Gomez, Aidan N.; Kaiser, Łukasz; Polosukhin, Illia", 2017,
           "Attention is all you need", "Advances in Neural Information Processing Systems 30 "
           "(NIPS)", arxiv="1706.03762"),
    _entry("bahdanau2015neural", "inproceedings",
           "Bahdanau, Dzmitry; Cho, Kyunghyun; Bengio, Yoshua", 2015,
           "Neural machine translation by jointly learning to align and translate",
           "International Conference on Learning Representations (ICLR)", arxiv="1409.0473"),
    _entry("lecun1998gradient", "article",
           "LeCun, Yann; Bottou, Léon; Bengio, Yoshua; Haffner, Patrick", 1998,
           "Gradient-based learning applied to document recognition",
           "Proceedings of the IEEE", volume="86", number="11", pages="2278–2324",
           doi="10.1109/5.726791"),
    _entry("bird2009natural", "book", "Bird, Steven; Klein, Ewan; Loper, Edward", 2009,
           "Natural Language Processing with Python", "O'Reilly"),
    _entry("werbos1990backpropagation", "article", "Werbos, Paul J.", 1990,
           "Backpropagation through time: what it does and how to do it",
           "Proceedings of the IEEE", volume="78", number="10", pages="1550–1560",
           doi="10.1109/5.58337"),
    _entry("hochreiter1991untersuchungen", "mastersthesis", "Hochreiter, Sepp", 1991,
           "Untersuchungen zu dynamischen neuronalen Netzen",
           "Technische Universität München"),
    _entry("sutskever2014sequence", "inproceedings",
           "Sutskever, Ilya; Vinyals, Oriol; Le, Quoc V.", 2014,
           "Sequence to sequence learning with neural networks",
           "Advances in Neural Information Processing Systems 27 (NIPS)", arxiv="1409.3215"),
    _entry("graves2006connectionist", "inproceedings",
           "Graves, Alex; Fernández, Santiago; Gomez, Faustino; Schmidhuber, Jürgen", 2006,
           "Connectionist temporal classification: labelling unsegmented sequence data with "
           "recurrent neural networks", "International Conference on Machine Learning (ICML)",
           doi="10.1145/1143844.1143891"),
    _entry("jozefowicz2015empirical", "inproceedings",
           "Jozefowicz, Rafal; Zaremba, Wojciech; Sutskever, Ilya", 2015,
           "An empirical exploration of recurrent network architectures",
           "International Conference on Machine Learning (ICML)"),
    _entry("le2015simple", "misc", "Le, Quoc V.; Jaitly, Navdeep; Hinton, Geoffrey E.", 2015,
           "A simple way to initialize recurrent networks of rectified linear units", "arXiv",
           arxiv="1504.00941"),
    _entry("gal2016theoretically", "inproceedings", "Gal, Yarin; Ghahramani, Zoubin", 2016,
           "A theoretically grounded application of dropout in recurrent neural networks",
           "Advances in Neural Information Processing Systems 29 (NIPS)", arxiv="1512.05287"),
    _entry("bai2018empirical", "misc", "Bai, Shaojie; Kolter, J. Zico; Koltun, Vladlen", 2018,
           "An empirical evaluation of generic convolutional and recurrent networks for sequence "
           "modeling", "arXiv", arxiv="1803.01271"),
    _entry("jain2019attention", "inproceedings", "Jain, Sarthak; Wallace, Byron C.", 2019,
           "Attention is not explanation", "Conference of the North American Chapter of the "
           "Association for Computational Linguistics (NAACL)", arxiv="1902.10186"),
    _entry("wiegreffe2019attention", "inproceedings", "Wiegreffe, Sarah; Pinter, Yuval", 2019,
           "Attention is not not explanation",
           "Conference on Empirical Methods in Natural Language Processing (EMNLP)",
           arxiv="1908.04626"),
    _entry("micikevicius2018mixed", "inproceedings",
           "Micikevicius, Paulius; Narang, Sharan; Alben, Jonah; Diamos, Gregory; Elsen, Erich; "
           "Garcia, David; Ginsburg, Boris; Houston, Michael; Kuchaiev, Oleksii; "
           "Venkatesh, Ganesh; Wu, Hao", 2018,
           "Mixed precision training",
           "International Conference on Learning Representations (ICLR)", arxiv="1710.03740"),
)  # fmt: skip

BIBLIOGRAPHY = {entry.key: entry for entry in _ALL}
