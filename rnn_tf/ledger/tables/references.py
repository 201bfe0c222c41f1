"""The articles' references (R-…) and those that the course adds (R-ADD-…).

Publications are in ``bibliography.py``; a row names them by key. To add one, put the publication
there and a row here.
"""

from rnn_tf.ledger.rows import Reference

ROWS: list[Reference] = []


def _row(id, section, verdict, title, as_given, why, entries=(), links=(), lesson=None):
    ROWS.append(
        Reference(
            id=id,
            section=section,
            verdict=verdict,
            title=title,
            why=why,
            as_given=as_given,
            entries=tuple(entries.split()) if entries else (),
            links=tuple(links.split()) if links else (),
            lesson=lesson,
        )
    )


def _added(number, title, why, entries, lesson=None):
    _row(f"R-ADD-{number:02d}", "", "added", title, None, why, entries, lesson=lesson)


_row(
    "R-001-01",
    "L348",
    "incomplete",
    ("The deep-learning textbook", "深度学习教科书"),
    ("title only, no authors", "只有书名，没有作者"),
    ("Real. Chapter 10 treats recurrent networks.", "确有此书，第 10 章讲循环网络。"),
    "goodfellow2016deep",
)
_row(
    "R-001-02",
    "L350",
    "incomplete",
    ("Stanford's course CS224N", "斯坦福 CS224N 课程"),
    ("number and a shortened name", "课程号与简称"),
    (
        "Real; its name is Natural Language Processing with Deep Learning (C. Manning and others).",
        "确有此课，全名是 Natural Language Processing with Deep Learning（C. Manning 等）。",
    ),
    links="https://web.stanford.edu/class/cs224n/",
)
_row(
    "R-001-03",
    "L352",
    "not found",
    (
        "A paper “Recurrent Neural Networks” by Bengio and others",
        "Bengio 等人的《Recurrent Neural Networks》",
    ),
    ("title and first author", "篇名与第一作者"),
    (
        "No paper of that name by them was found. Probably one of these two was meant.",
        "未查到他们有此篇名的论文，大概是指以下两篇之一。",
    ),
    "bengio1994learning pascanu2013difficulty",
)
_row(
    "R-001-04",
    "L354",
    "right",
    ("TensorFlow's documentation", "TensorFlow 文档"),
    ("name", "名称"),
    (
        "Real. The guide to recurrent layers is now at keras.io.",
        "确有。循环层的指南现在 keras.io。",
    ),
    links="https://www.tensorflow.org https://keras.io/guides/working_with_rnns/",
)
_row(
    "R-001-05",
    "L356",
    "right",
    ("PyTorch's documentation", "PyTorch 文档"),
    ("name", "名称"),
    (
        "Real. The article describes it with the sentence that it uses for TensorFlow.",
        "确有。但原文介绍它用的是介绍 TensorFlow 的同一句话。",
    ),
    links="https://pytorch.org/docs",
)
_row(
    "R-001-06",
    "L364–366",
    "wrong",
    ("What TensorFlow and PyTorch are said to be for", "对 TensorFlow 与 PyTorch 特点的描述"),
    ("a character sketch of each, without a source", "各给一句评价，没有出处"),
    (
        "Doubtful: both run eagerly and both compile graphs; the usual description is the other "
        "way round. No source supports the article's.",
        "存疑：二者都支持即时执行，也都能编译成图；通常的说法恰好相反。没有文献支持原文的说法。",
    ),
)
_row(
    "R-001-07",
    "L368",
    "right",
    ("Weights & Biases", "Weights & Biases"),
    ("name", "名称"),
    (
        "Real: a service with an account; it has an offline mode.",
        "确有：需注册账号的服务，也有离线模式。",
    ),
    links="https://wandb.ai",
)
_row(
    "R-001-08",
    "L370",
    "right",
    ("TensorBoard", "TensorBoard"),
    ("name", "名称"),
    ("Real; PyTorch writes its logs too.", "确有；PyTorch 也能写出其日志。"),
    links="https://www.tensorflow.org/tensorboard",
)
_row(
    "R-001-09",
    "L372",
    "right",
    ("Google Colab", "Google Colab"),
    ("name", "名称"),
    ("Real; free GPUs are limited and not guaranteed.", "确有；免费 GPU 有限且不保证。"),
    links="https://colab.research.google.com",
)
_row(
    "R-001-10",
    "L380",
    "not found",
    ("The paper said to have founded recurrent networks", "所称的循环网络开山之作"),
    (
        "“A New Method for Estimating Multivariate Time Series and Applications to Economics”, "
        "Hinton and others",
        "“A New Method for Estimating Multivariate Time Series and Applications to Economics”，"
        "Hinton 等",
    ),
    (
        "No such title was found anywhere; it looks invented. Recurrent networks trained by "
        "back-propagation go back to these.",
        "任何地方都查不到此篇名，像是杜撰。用反向传播训练的循环网络可追溯到以下文献。",
    ),
    "rumelhart1986learning rumelhart1986internal jordan1986serial elman1990finding",
    lesson="01_by_hand",
)
_row(
    "R-001-11",
    "L382",
    "wrong",
    ("The LSTM paper", "LSTM 的论文"),
    ("“Learning to Execute”, Hochreiter and others", "“Learning to Execute”，Hochreiter 等"),
    (
        "That title is by Zaremba and Sutskever (2014) and about running short programs. LSTM is "
        "of 1997; the forget gate that every article uses came in 2000.",
        "该篇名属于 Zaremba 与 Sutskever（2014），讲的是执行短程序。LSTM 出自 1997 年；"
        "各篇文章所用的遗忘门到 2000 年才提出。",
    ),
    "hochreiter1997long gers2000learning",
    lesson="03_gates",
)
_row(
    "R-001-12",
    "L384",
    "wrong",
    ("The GRU paper", "GRU 的论文"),
    (
        "“Dynamic Recurrent Neural Networks”, Cho and others",
        "“Dynamic Recurrent Neural Networks”，Cho 等",
    ),
    (
        "That title is a report by Pearlmutter (1990). The GRU is of Cho and others (2014); the "
        "article's use of z follows Chung and others.",
        "该篇名是 Pearlmutter（1990）的技术报告。GRU 出自 Cho 等（2014）；"
        "原文 z 的用法则同 Chung 等。",
    ),
    "cho2014learning chung2014empirical",
    lesson="03_gates",
)
_row(
    "R-001-13",
    "L386",
    "right",
    ("The Transformer paper", "Transformer 的论文"),
    ("“Attention Is All You Need”, Vaswani and others", "“Attention Is All You Need”，Vaswani 等"),
    (
        "Right for the Transformer; attention itself is older.",
        "作为 Transformer 的出处正确；注意力本身更早。",
    ),
    "vaswani2017attention bahdanau2015neural",
)
_row(
    "R-001-14",
    "L388",
    "wrong",
    ("The four papers as the line of large models", "把四篇论文当作大模型的发展脉络"),
    ("the four titles above", "即以上四个篇名"),
    (
        "Three of the four are misattributed, and their subject is recurrent networks. The real "
        "papers behind three of the names are these.",
        "四篇中三篇张冠李戴，且讲的是循环网络。其中三个篇名真正对应的文献如下。",
    ),
    "zaremba2014learning pearlmutter1990dynamic vaswani2017attention",
)
_row(
    "R-001-15",
    "L392",
    "right",
    ("arXiv", "arXiv"),
    ("name", "名称"),
    ("Real; its papers are not peer reviewed.", "确有；其论文未经同行评审。"),
    links="https://arxiv.org",
)
_row(
    "R-001-16",
    "L394",
    "incomplete",
    ("Blogs of three laboratories", "三个研究机构的博客"),
    ("Google AI, DeepMind, Microsoft Research Asia", "Google AI、DeepMind、微软亚洲研究院"),
    (
        "Real; the first two are one today, Google DeepMind.",
        "确有；前两者的研究如今主要归于 Google DeepMind。",
    ),
)
_row(
    "R-001-17",
    "L396",
    "incomplete",
    ("Four conferences", "四个会议"),
    ("NIPS, ICML, ACL, ICLR", "NIPS、ICML、ACL、ICLR"),
    ("NIPS has been called NeurIPS since 2018.", "NIPS 自 2018 年起称 NeurIPS。"),
    links="https://neurips.cc https://icml.cc https://www.aclweb.org https://iclr.cc",
)
_row(
    "R-001-18",
    "L398, L400",
    "incomplete",
    ("GitHub and reports of consultancies", "GitHub 与咨询公司的报告"),
    ("names of a site and of two companies", "一个网站与两家公司的名称"),
    (
        "Nothing in it can be cited: no repository and no report is named.",
        "无从引用：没有给出任何仓库或报告。",
    ),
)
_row(
    "R-001-19",
    "L178–179",
    "wrong",
    ("The conda channels for TensorFlow", "安装 TensorFlow 的 conda 频道"),
    ("PyTorch's channel and conda-forge", "PyTorch 频道与 conda-forge"),
    (
        "See B-001-14: pip install tensorflow is all that is needed.",
        "见 B-001-14：用 pip 安装 tensorflow 即可。",
    ),
    links="https://www.tensorflow.org/install/pip",
)
_row(
    "R-003-01",
    "L128",
    "incomplete",
    ("The MNIST digits", "MNIST 手写数字"),
    ("used without a source", "使用而未注明出处"),
    ("The data set's paper.", "该数据集的论文。"),
    "lecun1998gradient",
    lesson="05_digits",
)
_row(
    "R-004-01",
    "L5, L65, L259",
    "wrong",
    ("The name of the GRU", "GRU 的名称"),
    ("“gates recurrent unit”", "“gates recurrent unit”"),
    ("It is the gated recurrent unit.", "应为 gated recurrent unit（门控循环单元）。"),
    "cho2014learning",
    lesson="03_gates",
)
_row(
    "R-004-02",
    "L121",
    "incomplete",
    ("NLTK", "NLTK"),
    ("used without a source", "使用而未注明出处"),
    ("Its book.", "其配套书籍。"),
    "bird2009natural",
    lesson="06_text",
)
_added(
    1,
    ("Back-propagation through time", "沿时间反向传播"),
    ("No article says where the method comes from.", "各篇均未说明该方法的出处。"),
    "werbos1990backpropagation",
    "01_by_hand",
)
_added(
    2,
    ("Vanishing gradients, first described", "梯度消失的最早论述"),
    (
        "All articles name the effect; none names its discovery.",
        "各篇都提到该现象，却无一指出其发现者。",
    ),
    "hochreiter1991untersuchungen",
    "03_gates",
)
_added(
    3,
    ("Sequence to sequence", "序列到序列"),
    ("The method behind the translations that the articles name.", "文章所提翻译应用背后的方法。"),
    "sutskever2014sequence",
)
_added(
    4,
    ("Connectionist temporal classification", "联结时序分类（CTC）"),
    (
        "What a recurrent network for speech needs (article 003's subject).",
        "循环网络做语音识别所需（文章 003 的主题）。",
    ),
    "graves2006connectionist",
)
_added(
    5,
    ("Forget bias 1", "遗忘门偏置取 1"),
    ("Why Keras starts the forget gate open.", "Keras 为何让遗忘门一开始就打开。"),
    "jozefowicz2015empirical",
    "03_gates",
)
_added(
    6,
    ("ReLU networks started at the identity", "以单位阵初始化的 ReLU 循环网络"),
    (
        "ReLU in a recurrence needs such a start (F-002-03).",
        "循环中使用 ReLU 需要这样的初始化（F-002-03）。",
    ),
    "le2015simple",
)
_added(
    7,
    ("Dropout in recurrent networks", "循环网络中的丢弃法"),
    ("Article 000 drops between layers only.", "文章 000 只在层间使用丢弃法。"),
    "gal2016theoretically",
    "04_next_value",
)
_added(
    8,
    ("Convolutions for sequences", "用卷积处理序列"),
    (
        "Against “convolutions for images, recurrence for sequences”.",
        "反驳“卷积管图像、循环管序列”之说。",
    ),
    "bai2018empirical",
)
_added(
    9,
    ("Attention as explanation", "注意力能否作为解释"),
    ("The claim of article 001, and the debate about it.", "文章 001 的说法，及围绕它的争论。"),
    "jain2019attention wiegreffe2019attention",
)
_added(
    10,
    ("Mixed precision", "混合精度"),
    ("What article 001 names without a source.", "文章 001 提到而未注出处。"),
    "micikevicius2018mixed",
)
