"""Topics of the articles: applications named."""

from rnn_tf.ledger.tables.topics.row import HERE, L4, L5, L6, OUT, PARTLY, topic

# Compact on purpose: one topic is a few lines, not twenty.
# fmt: off
ROWS = (
    topic("S-40", "001 L307–309", "listed", HERE,
        ("Text classification", "文本分类"),
        ("Any labelled texts, split without copies; words counted stand beside every network.",
         "任何带标签的文本，去掉重复再划分；每个网络旁边都有数词的成绩。"),
        "datasets.labelled baselines.bags.NaiveBayes chapters/12_sentiment/lab.py",
        "12_sentiment"),
    topic("S-41", "000 L178; 001 L309", "listed", HERE,
        ("Sentiment analysis", "情感分析"),
        ("Film sentences: counting words is not beaten; where only order tells, a recurrent "
         "network that was shown such sentences is right.",
         "影评句子：数词没有被打败；只有词序能说明一切时，见过这类句子的循环网络判得对。"),
        "datasets.sentiment datasets.contrast layers.pooling.AttentionPooling "
        "chapters/12_sentiment/lesson.py", "12_sentiment"),
    topic("S-42", "001 L311", "listed", HERE,
        ("Language model", "语言模型"),
        ("A word model beside uniform, unigram, bigram and Kneser-Ney.",
         "词级模型，与均匀、一元、二元及 Kneser-Ney 并列。"),
        "models.word_language_model baselines.ngrams.KneserNey chapters/06_text/lesson.py", L6),
    topic("S-43", "000 L178; 001 L313; 002 L12; 004 L5", "listed", HERE,
        ("Machine translation", "机器翻译"),
        ("Chinese to English, encoder and decoder, with and without attention: number words in the "
         "lesson, short sentences of Tatoeba in its appendix, by a translator that is shipped.",
         "中译英，编码器与解码器，用与不用注意力：正课译数词，附录译 Tatoeba 的短句，"
         "所用的译者随课程附带。"),
        "translation.Translator datasets.pairs datasets.numbers baselines.dictionary.WordByWord "
        "weights.load_translator chapters/13_translation/lesson.py "
        "chapters/13_translation/appendix.py", "13_translation"),
    topic("S-44", "000 L178", "once", OUT,
        ("Summarisation", "文本摘要"),
        ("One word in one article; small recurrent networks do it badly.",
         "仅一篇提及一词；小型循环网络做不好。")),
    topic("S-45", "000 L178; 001 L317–319; 003 L7, L122; 004 L5", "listed", PARTLY,
        ("Speech recognition", "语音识别"),
        ("Article 003 announces it and shows digits (B-003-03). The tones of spoken Mandarin "
         "syllables are recognised, by voices heard and not heard in training, strings of "
         "tones and of English digits with CTC, and which of nine men speaks. The digits are "
         "learnt from synthetic voices; other words are not recognised.",
         "文章 003 以此为题，实际却是数字（B-003-03）。本课程识别普通话音节的声调，"
         "说话者有训练时听过的，也有没听过的；成串的声调和英语数字用 CTC；"
         "还识别九个人中是谁在说话。数字是从合成嗓音学来的；别的词不识别。"),
        "datasets.tones datasets.speakers datasets.spoken_digits baselines.neighbours "
        "chapters/14_sound/lesson.py chapters/14_sound/appendix.py", "14_sound"),
    topic("S-46", "001 L317, L321", "listed", OUT,
        ("Emotion in speech", "语音情感识别"),
        ("No recordings under a licence that lets a course ship them were found.",
         "没有找到许可证允许课程附带的录音。")),
    topic("S-47", "000 L178", "once", OUT,
        ("Speech synthesis", "语音合成"),
        ("One word in one article; too large for a laptop without a GPU.",
         "仅一篇提及一词；无 GPU 的笔记本难以承担。")),
    topic("S-48", "000 L5, L178; 002 L16", "listed", PARTLY,
        ("Images, image sequences, video", "图像、图像序列与视频"),
        ("Digits are read row by row; generating images and video are out of scope.",
         "已有逐行识别数字；图像生成与视频不在范围内。"),
        "models.row_lstm chapters/05_digits/lesson.py", L5),
    topic("S-49", "001 L325–327, L337; 002 L16", "listed", HERE,
        ("Share prices", "股票价格"),
        ("The forecast of a price is late and worse than persistence, returns are a coin; "
         "only the size of moves can be forecast, a little. Nothing helps to decide.",
         "股价的预测慢一拍，还不如持续性预报；收益率如同抛硬币；只有涨跌幅度能预测一点。无助于投资决策。"),
        "datasets.shares.load chapters/15_markets/lesson.py", "15_markets"),
    topic("S-50", "001 L329", "listed", HERE,
        ("Weather forecast", "天气预报"),
        ("Next hour and next day from real hourly records.",
         "用真实逐时记录预测下一小时与下一天。"),
        "datasets.weather.load chapters/04_next_value/lesson.py", L4),
    topic("S-51", "001 L339", "listed", PARTLY,
        ("Traffic", "交通流量"),
        ("Flights that wait, two hours ahead, beside four rivals. For roads and accidents no "
         "free data were found.",
         "提前两小时预测等待的航班，旁边有各种对手。道路与事故没有找到可自由使用的数据。"),
        "datasets.flights.load chapters/15_markets/lesson.py", "15_markets"),
    topic("S-52", "001 L335", "listed", PARTLY,
        ("Medical records", "医疗记录"),
        ("One volunteer's glucose: forecasts, alarms and intervals, beside baselines and without a "
         "clinical claim. Patients' records can't be shipped, so diagnosis stays out.",
         "一位志愿者的血糖：预报、警报与区间，与基线并列，不作临床论断。病历不能随课程分发，"
         "诊断不在范围内。"),
        "datasets.glucose.load training.intervals chapters/16_glucose/lesson.py "
        "chapters/16_glucose/autopsy.py", "16_glucose"),
    topic("S-53", "002 L12", "once", PARTLY,
        ("Understanding of language", "自然语言理解"),
        ("Sentences are judged (S-40, S-41); that a network understands them is not claimed.",
         "能评判句子（S-40、S-41）；不称网络理解了它们。"),
        "chapters/12_sentiment/lesson.py", "12_sentiment"),
)
