"""What the articles talk about (S-…), and where each thing lives in the course.

``"partly"`` and ``"not yet"`` say what is missing, ``"out of scope"`` says why: nothing is dropped
in silence. To move a topic, change its verdict, its places and its reason; never its id.
"""

from rnn_tf.ledger.rows import Topic

ROWS = []


def _topic(id, section, centrality, verdict, title, why, at="", lesson=None):
    places = tuple(
        place if "/" in place or "." not in place or place.endswith((".md", ".txt", ".toml"))
        else f"rnn_tf.{place}"
        for place in at.split()
    )  # fmt: skip
    ROWS.append(Topic(id, section, centrality, verdict, title, why, places, lesson))


HERE, PARTLY, NOT_YET, OUT = "here", "partly", "not yet", "out of scope"
L1, L2, L3 = "01_by_hand", "02_keras_model", "03_gates"
L4, L5, L6 = "04_next_value", "05_digits", "06_text"

# --- cells and theory ---------------------------------------------------------------------------
_topic(
    "S-01",
    "000 L46–53; 001 L136–152; 002 L40; 003 L33–56; 004 L34",
    "core",
    HERE,
    ("Plain recurrent cell, forward", "简单循环单元的前向计算"),
    (
        "In NumPy, equal to Keras's layer weight for weight.",
        "用 NumPy 写出，与 Keras 层逐个权重一致。",
    ),
    "reference.SimpleRNN chapters/01_by_hand.py",
    L1,
)
_topic(
    "S-02",
    "000 L55–62; 001 L98–105; 002 L22–36, L85–118; 003 L58–80",
    "core",
    HERE,
    ("Back-propagation through time", "沿时间反向传播"),
    ("Derived by hand, held against finite differences.", "手工推导，并用有限差分验证。"),
    "reference.SimpleRNN.backward reference.gradient_check chapters/01_by_hand.py",
    L1,
)
_topic(
    "S-03",
    "000 L64–83; 003 L82–118; 004 L42–63",
    "core",
    HERE,
    ("LSTM, forward", "LSTM 的前向计算"),
    ("In NumPy, equal to Keras's layer.", "用 NumPy 写出，与 Keras 层一致。"),
    "reference.LSTM chapters/03_gates.py",
    L3,
)
_topic(
    "S-04",
    "000 L85–101",
    "core",
    HERE,
    ("LSTM, backward", "LSTM 的反向传播"),
    (
        "All gate gradients, with the path through the cell that the article leaves out.",
        "全部门的梯度，含原文遗漏的经单元状态的路径。",
    ),
    "reference.LSTM.backward chapters/03_gates.py",
    L3,
)
_topic(
    "S-05",
    "000 L20; 004 L65–78; 003 L181",
    "core",
    HERE,
    ("GRU", "GRU"),
    (
        "Both reset forms, both update conventions, hand gradients.",
        "两种重置方式、两种更新约定及手推梯度。",
    ),
    "reference.GRU chapters/03_gates.py",
    L3,
)
_topic(
    "S-06",
    "000 L20; 003 L88–90; 004 L46–48",
    "taught",
    HERE,
    ("What the gates do", "各门的作用"),
    ("Gates set by hand keep, forget and hide.", "手工设定门，演示保留、遗忘与隐藏。"),
    "chapters/03_gates.py",
    L3,
)
_topic(
    "S-07",
    "000 L139–144; 002 L18",
    "core",
    HERE,
    ("Stacked layers", "多层堆叠"),
    ("Measured on weather: does depth help?", "在天气数据上测量：加深是否有用。"),
    "models.stacked_lstm chapters/04_next_value.py",
    L4,
)
_topic(
    "S-08",
    "000 L139–145; 001 L156–162",
    "core",
    HERE,
    ("One answer a sequence, or one a step", "每个序列一个输出，或每步一个输出"),
    (
        "One model does either; shapes are checked before training.",
        "同一模型两者皆可，训练前检查形状。",
    ),
    "models.SequenceClassifier training.check_shapes chapters/02_keras_model.py",
    L2,
)
_topic(
    "S-09",
    "001 L47–53",
    "taught",
    HERE,
    ("Diagram of the architecture", "结构示意图"),
    ("Lesson 1 draws the loop and its unrolled form.", "第 1 课画出循环及其按时间展开的样子。"),
    "chapters/01_by_hand.py",
    L1,
)
_topic(
    "S-10",
    "000 L160; 001 L18, L118, L432; 002 L44; 003 L167; 004 L26–28",
    "taught",
    PARTLY,
    ("Vanishing and exploding gradients", "梯度消失与梯度爆炸"),
    (
        "The formula row F-004-07 measures it; curves over many lengths and radii are not yet drawn.",
        "公式条目 F-004-07 给出测量；随长度与谱半径变化的曲线尚未画出。",
    ),
    "training.GradientNorms chapters/03_gates.py",
    L3,
)
_topic(
    "S-11",
    "004 L105, L113",
    "listed",
    HERE,
    ("Gradient clipping", "梯度裁剪"),
    ("By the global norm, in both training loops.", "按全局范数裁剪，两种训练循环都支持。"),
    "training.train_with_tape chapters/06_text.py",
    L6,
)
_topic(
    "S-12",
    "000 L53; 002 L42; 004 L104",
    "taught",
    PARTLY,
    ("tanh, sigmoid, ReLU", "tanh、sigmoid、ReLU"),
    (
        "The reference cell takes all three; a comparison on a task is not yet there.",
        "参考实现三者皆可；任务上的比较尚未收入。",
    ),
    "reference.SimpleRNN",
)
_topic(
    "S-13",
    "002 L26; 003 L37; 004 L86",
    "listed",
    PARTLY,
    ("Initialisation", "初始化"),
    (
        "Sound starts are used and saturation is shown (B-001-06); no comparison of starts yet.",
        "采用合理的初始化并展示饱和问题（B-001-06）；尚无初始化方式的比较。",
    ),
    "reference.SimpleRNN chapters/01_by_hand.py",
    L1,
)
_topic(
    "S-14",
    "000 L103–110; 001 L227–229; 002 L135; 003 L150; 004 L193",
    "core",
    HERE,
    (
        "Losses: squared error, cross-entropy, sigmoid, softmax",
        "损失：均方误差、交叉熵、sigmoid 与 softmax",
    ),
    ("With their gradients, and checked against the targets' shape.", "附梯度，并核对目标的形状。"),
    "reference.losses training.check_shapes",
    L1,
)
_topic(
    "S-15",
    "001 L232; 003 L77, L150; 000 L146; 004 L193",
    "core",
    HERE,
    ("SGD and Adam", "SGD 与 Adam"),
    ("SGD with momentum by hand, Adam from Keras.", "手写带动量的 SGD，Adam 用 Keras 的。"),
    "reference.SGD training.train_with_tape",
    L1,
)
_topic(
    "S-16",
    "001 L238–256; 004 L82–93; 000 L152; 003 L153",
    "core",
    HERE,
    ("Training loop by hand and by fit", "手写训练循环与 fit"),
    ("Both give the same weights from the same seed.", "同一种子下两者得到相同权重。"),
    "training.train_with_tape chapters/02_keras_model.py",
    L2,
)
_topic(
    "S-17",
    "",
    "once",
    PARTLY,
    ("Truncated back-propagation, stateful runs", "截断反向传播与保留状态的运行"),
    (
        "Truncation is in the NumPy reference, explicit state in generation; stateful training is not.",
        "NumPy 参考实现有截断，生成时显式传递状态；跨批保留状态的训练尚无。",
    ),
    "reference.truncated_gradients generation.Stepper",
)
_topic(
    "S-18",
    "001 L15; 003 L19",
    "listed",
    HERE,
    ("Variable length, padding, masks", "变长序列、填充与掩码"),
    ("Models and losses leave padding out.", "模型与损失都不计填充部分。"),
    "models.SequenceClassifier models.word_language_model",
    L6,
)
_topic(
    "S-19",
    "000 L140–144; 002 L162",
    "core",
    PARTLY,
    ("Dropout", "丢弃法"),
    (
        "Between layers, and measured; dropout inside the recurrence is not yet shown.",
        "层间丢弃并测量效果；循环内部的丢弃尚未展示。",
    ),
    "models.stacked_lstm chapters/04_next_value.py",
    L4,
)
_topic(
    "S-20",
    "004 L244; 002 L162",
    "listed",
    NOT_YET,
    ("L1 and L2 regularisation", "L1 与 L2 正则化"),
    (
        "A sweep over strengths belongs to a lesson on overfitting.",
        "留待讲过拟合的一课，比较不同强度。",
    ),
)
_topic(
    "S-21",
    "004 L240–247",
    "taught",
    PARTLY,
    ("Remedies for overfitting, early stopping", "过拟合的对策与提前停止"),
    (
        "Validation curves are shown; more epochs, the article's wrong remedy, is not yet put to the test.",
        "已展示验证曲线；原文错误的对策“增加轮数”尚未用实验检验。",
    ),
    "chapters/04_next_value.py",
    L4,
)
_topic(
    "S-22",
    "002 L162",
    "once",
    NOT_YET,
    ("Data augmentation", "数据增强"),
    ("Belongs to a lesson on overfitting.", "留待讲过拟合的一课。"),
)
_topic(
    "S-23",
    "004 L236–238",
    "taught",
    NOT_YET,
    ("Choosing the sequence length", "序列长度的选择"),
    ("Lessons fix the length; a sweep is still to come.", "各课使用固定长度，尚未做比较。"),
)
_topic(
    "S-24",
    "001 L298; 003 L179–181",
    "taught",
    NOT_YET,
    ("Choosing the structure, search over settings", "结构选择与超参数搜索"),
    (
        "Lesson 4 compares depths; a search is still to come.",
        "第 4 课比较层数；系统的搜索尚未收入。",
    ),
)
_topic(
    "S-25",
    "004 L249–255",
    "taught",
    PARTLY,
    ("Missing values", "缺失值"),
    (
        "Real gaps in the weather are filled forward within a limit; other ways are not yet compared.",
        "天气数据的真实缺口在限度内向前填充；其他方法尚未比较。",
    ),
    "datasets.weather.fill_forward chapters/04_next_value.py",
    L4,
)
_topic(
    "S-26",
    "000 L161; 002 L162; 003 L168–169",
    "taught",
    PARTLY,
    ("Size, memory, time", "规模、内存与时间"),
    (
        "Every lesson states both; a table over sizes is still to come.",
        "每课给出时间与内存；随规模变化的对照表尚未收入。",
    ),
    "course",
)
# --- data and tasks with code -------------------------------------------------------------------
_topic(
    "S-30",
    "000 L113–152",
    "core",
    HERE,
    ("Predicting the next value of a series", "预测序列的下一个值"),
    (
        "A noisy sine with a known floor, then real weather.",
        "误差下限已知的含噪正弦，然后是真实天气。",
    ),
    "datasets.toy.noisy_sine datasets.weather.load chapters/04_next_value.py",
    L4,
)
_topic(
    "S-31",
    "001 L156–162, L189–302",
    "core",
    HERE,
    ("Classifying binary sequences", "二进制序列分类"),
    ("Parity at every step, majority over the sequence.", "逐步奇偶与整列多数。"),
    "datasets.toy.running_parity datasets.toy.majority chapters/02_keras_model.py",
    L2,
)
_topic(
    "S-32",
    "002 L51–157",
    "core",
    HERE,
    ("Regression with NumPy", "用 NumPy 做回归"),
    ("A delayed echo, which cannot be done without memory.", "延迟回声，没有记忆就做不到。"),
    "datasets.toy.delayed_echo chapters/01_by_hand.py",
    L1,
)
_topic(
    "S-33",
    "003 L125–158",
    "core",
    HERE,
    ("Digits row by row", "逐行识别手写数字"),
    (
        "Real digits, a dense baseline, shuffled rows as control.",
        "真实数字，全连接基线，打乱行序作对照。",
    ),
    "datasets.digits.load models.row_lstm chapters/05_digits.py",
    L5,
)
_topic(
    "S-34",
    "004 L117–216",
    "core",
    HERE,
    ("Generating text word by word", "逐词生成文本"),
    (
        "From a folder of articles to sampled text and perplexity.",
        "从文章文件夹到采样文本与困惑度。",
    ),
    "text generation.generate chapters/06_text.py",
    L6,
)
_topic(
    "S-35",
    "004 L121–139",
    "core",
    HERE,
    ("NLTK", "NLTK"),
    ("Reader, sentences and words, without a download.", "读取、分句、分词，无需下载。"),
    "text.corpus_reader text.tokenize",
    L6,
)
_topic(
    "S-36",
    "004 L188",
    "core",
    HERE,
    ("Embedding layer", "嵌入层"),
    ("In the language model, tied to the output if wanted.", "用于语言模型，可与输出层共享权重。"),
    "models.word_language_model",
    L6,
)
_topic(
    "S-37",
    "001 L262–266; 003 L131; 004 L171–175",
    "core",
    HERE,
    ("Training, validation and test parts", "训练、验证与测试划分"),
    (
        "Disjoint in every data set: by time, by document, by sequence.",
        "所有数据集都互不相交：按时间、文档或序列划分。",
    ),
    "datasets.Dataset datasets.toy.split_examples text.split_documents",
)
_topic(
    "S-38",
    "003 L156–158; 004 L207–216",
    "core",
    HERE,
    ("Evaluation and prediction", "评估与预测"),
    ("Metrics stand beside baselines in every lesson.", "每课的指标都与基线并列。"),
    "training.metrics training.baselines",
)
# --- applications named -------------------------------------------------------------------------
_topic(
    "S-40",
    "001 L307–309",
    "listed",
    NOT_YET,
    ("Text classification", "文本分类"),
    (
        "The articles give no program; planned with the sentiment data.",
        "原文没有程序；拟与情感数据一并收入。",
    ),
)
_topic(
    "S-41",
    "000 L178; 001 L309",
    "listed",
    NOT_YET,
    ("Sentiment analysis", "情感分析"),
    (
        "Free rated snippets exist; a lesson is still to come.",
        "已有可自由使用的评分数据；课程待写。",
    ),
)
_topic(
    "S-42",
    "001 L311",
    "listed",
    HERE,
    ("Language model", "语言模型"),
    (
        "A word model beside uniform, unigram, bigram and Kneser-Ney.",
        "词级模型，与均匀、一元、二元及 Kneser-Ney 并列。",
    ),
    "models.word_language_model training.ngrams.KneserNey chapters/06_text.py",
    L6,
)
_topic(
    "S-43",
    "000 L178; 001 L313; 002 L12; 004 L5",
    "listed",
    NOT_YET,
    ("Machine translation", "机器翻译"),
    (
        "Needs an encoder, a decoder and attention; small pairs of sentences exist.",
        "需要编码器、解码器与注意力；已有小规模句对。",
    ),
)
_topic(
    "S-44",
    "000 L178",
    "once",
    OUT,
    ("Summarisation", "文本摘要"),
    (
        "One word in one article; small recurrent networks do it badly.",
        "仅一篇提及一词；小型循环网络做不好。",
    ),
)
_topic(
    "S-45",
    "000 L178; 001 L317–319; 003 L7, L122; 004 L5",
    "listed",
    NOT_YET,
    ("Speech recognition", "语音识别"),
    (
        "Article 003 announces it and shows digits (B-003-03). Needs real audio and CTC.",
        "文章 003 以此为题，实际却是数字（B-003-03）。需要真实音频与 CTC。",
    ),
)
_topic(
    "S-46",
    "001 L317, L321",
    "listed",
    NOT_YET,
    ("Emotion in speech", "语音情感识别"),
    ("Follows speech recognition.", "在语音识别之后。"),
)
_topic(
    "S-47",
    "000 L178",
    "once",
    OUT,
    ("Speech synthesis", "语音合成"),
    (
        "One word in one article; too large for a laptop without a GPU.",
        "仅一篇提及一词；无 GPU 的笔记本难以承担。",
    ),
)
_topic(
    "S-48",
    "000 L5, L178; 002 L16",
    "listed",
    PARTLY,
    ("Images, image sequences, video", "图像、图像序列与视频"),
    (
        "Digits are read row by row; generating images and video are out of scope.",
        "已有逐行识别数字；图像生成与视频不在范围内。",
    ),
    "models.row_lstm chapters/05_digits.py",
    L5,
)
_topic(
    "S-49",
    "001 L325–327, L337; 002 L16",
    "listed",
    NOT_YET,
    ("Share prices", "股票价格"),
    (
        "Only with persistence beside it and a warning: on a random walk no model wins.",
        "只能与持续性基线并列并加警告：随机游走上没有模型能胜出。",
    ),
)
_topic(
    "S-50",
    "001 L329",
    "listed",
    HERE,
    ("Weather forecast", "天气预报"),
    ("Next hour and next day from real hourly records.", "用真实逐时记录预测下一小时与下一天。"),
    "datasets.weather.load chapters/04_next_value.py",
    L4,
)
_topic(
    "S-51",
    "001 L339",
    "listed",
    NOT_YET,
    ("Traffic", "交通流量"),
    (
        "No free data in the course; the method is that of lesson 4.",
        "课程没有可自由使用的数据；方法同第 4 课。",
    ),
)
_topic(
    "S-52",
    "001 L335",
    "listed",
    OUT,
    ("Medical records", "医疗记录"),
    (
        "Real records cannot be shipped, and a toy would suggest a clinical use that it has not.",
        "真实病历不能随课程分发，玩具数据又会让人误以为可用于临床。",
    ),
)
_topic(
    "S-53",
    "002 L12",
    "once",
    NOT_YET,
    ("Understanding of language", "自然语言理解"),
    ("To be covered by S-40 and S-41.", "由 S-40 与 S-41 涵盖，待收入。"),
)
# --- tools and environment ----------------------------------------------------------------------
_topic(
    "S-60",
    "000 L117–152; 001 L195–302; 003 L125–158; 004 L184–216",
    "core",
    HERE,
    ("TensorFlow and Keras", "TensorFlow 与 Keras"),
    ("Keras 3 on TensorFlow, in every lesson.", "每课都用基于 TensorFlow 的 Keras 3。"),
    "backend models",
)
_topic(
    "S-61",
    "001 L184; 002 L51, L153",
    "core",
    PARTLY,
    ("NumPy, Matplotlib, pandas, scikit-learn", "NumPy、Matplotlib、pandas、scikit-learn"),
    (
        "The first two are used; pandas and scikit-learn are not needed and so not installed.",
        "用到前两者；后两者用不上，故不安装。",
    ),
    "reference plots",
)
_topic(
    "S-62",
    "001 L167–187",
    "taught",
    HERE,
    ("Setting up the environment", "环境搭建"),
    (
        "One command, locked versions, and a check that says how to mend things.",
        "一条命令、锁定版本，并有自检工具说明如何修复。",
    ),
    "doctor requirements.txt README.md",
)
_topic(
    "S-63",
    "001 L356, L366",
    "listed",
    PARTLY,
    ("PyTorch", "PyTorch"),
    (
        "Weights convert both ways with its gate order; there is no lesson in it.",
        "权重可按其门的次序双向转换；没有用它写的课。",
    ),
    "reference.LSTM.to_pytorch reference.LSTM.from_pytorch",
)
_topic(
    "S-64",
    "001 L370",
    "listed",
    NOT_YET,
    ("TensorBoard", "TensorBoard"),
    ("Lessons plot their curves themselves.", "各课自行画曲线。"),
)
_topic(
    "S-65",
    "001 L368",
    "listed",
    OUT,
    ("Weights & Biases", "Weights & Biases"),
    (
        "A service with an account; the course needs no network.",
        "需账号的在线服务；本课程不依赖网络。",
    ),
)
_topic(
    "S-66",
    "001 L372",
    "listed",
    OUT,
    ("Google Colab", "Google Colab"),
    (
        "The course runs on a laptop without a network or an account.",
        "本课程在笔记本上离线运行，无需账号。",
    ),
)
_topic(
    "S-67",
    "001 L346–402",
    "listed",
    HERE,
    ("Books, papers, conferences, blogs", "书籍、论文、会议与博客"),
    ("Corrected one by one in the ledger's references.", "在账本的参考文献中逐条订正。"),
    "ledger.references docs/ledger",
)
_topic(
    "S-68",
    "001 L298",
    "once",
    PARTLY,
    ("Saving and deploying models", "模型保存与部署"),
    (
        "Models are saved and loaded, training resumes after a kill; export is not yet shown.",
        "模型可保存与载入，训练中断后可继续；导出部署尚未展示。",
    ),
    "training.ResumableCheckpoint models.SequenceClassifier",
    L2,
)
# --- outlook ------------------------------------------------------------------------------------
_topic(
    "S-70",
    "001 L386, L452; 003 L171; 004 L223",
    "listed",
    NOT_YET,
    ("Transformer", "Transformer"),
    (
        "A small attention block beside an LSTM on one task.",
        "拟在同一任务上把小型注意力模块与 LSTM 并列。",
    ),
)
_topic(
    "S-71",
    "001 L456; 003 L171, L187; 004 L225",
    "listed",
    NOT_YET,
    ("Attention", "注意力"),
    ("Comes with translation.", "随机器翻译一并收入。"),
)
_topic(
    "S-72",
    "001 L309–339, L416",
    "listed",
    NOT_YET,
    ("Fine-tuning with frozen weights", "冻结权重的微调"),
    (
        "Comes with text classification, from lesson 6's model.",
        "随文本分类收入，以第 6 课的模型为起点。",
    ),
)
_topic(
    "S-73",
    "001 L418",
    "listed",
    NOT_YET,
    ("Several tasks at once", "多任务学习"),
    ("Named in one article, without a program.", "仅一篇提及，没有程序。"),
)
_topic(
    "S-74",
    "001 L420",
    "listed",
    NOT_YET,
    ("Several kinds of input", "多模态融合"),
    ("Named in one article, without a program.", "仅一篇提及，没有程序。"),
)
_topic(
    "S-75",
    "001 L422, L460",
    "listed",
    OUT,
    ("Distributed training", "分布式训练"),
    ("Small models only get slower by it.", "小模型分布式训练只会更慢。"),
)
_topic(
    "S-76",
    "001 L424",
    "listed",
    OUT,
    ("Structures that adapt", "自适应结构"),
    ("A forecast without a method that could be taught.", "只是展望，没有可讲授的方法。"),
)
_topic(
    "S-77",
    "001 L454",
    "once",
    NOT_YET,
    ("Quantisation", "量化"),
    (
        "For size after training, not for training as the article says.",
        "用于训练后压缩，而非如原文所说加速训练。",
    ),
)
_topic(
    "S-78",
    "001 L454",
    "once",
    NOT_YET,
    ("Mixed precision", "混合精度"),
    ("Slower on a CPU; worth showing on a GPU only.", "在 CPU 上更慢，只值得在 GPU 上展示。"),
)
_topic(
    "S-79",
    "000 L162, L168; 001 L438, L456",
    "listed",
    PARTLY,
    ("Looking inside a model", "模型的可解释性与可视化"),
    (
        "Hidden states over the rows of a digit are drawn; saliency is not yet there.",
        "画出逐行读数字时的隐藏状态；显著性分析尚未收入。",
    ),
    "chapters/05_digits.py",
    L5,
)
_topic(
    "S-80",
    "001 L440, L458",
    "listed",
    PARTLY,
    ("Data that change", "分布变化"),
    (
        "Models trained at 10 steps are tested at 40; other shifts are not yet tried.",
        "以 10 步训练、40 步测试；其他变化尚未尝试。",
    ),
    "chapters/02_keras_model.py",
    L2,
)
_topic(
    "S-81",
    "004 L225",
    "once",
    OUT,
    ("Combination with GANs", "与 GAN 结合"),
    ("One word in one article.", "仅一篇提及一词。"),
)
_topic(
    "S-82",
    "001 L442, L460",
    "listed",
    PARTLY,
    ("Large data", "大规模数据"),
    (
        "Batches are drawn without copies of the data; reading from disk as a stream is not shown.",
        "按批取数而不复制数据；从磁盘流式读取尚未展示。",
    ),
    "training.Batches",
)
_topic(
    "S-83",
    "000 L171–172; 003 L183–185",
    "taught",
    NOT_YET,
    ("Convolution or recurrence", "卷积与循环之比较"),
    (
        "Both articles ask it; the comparison is still to come (see R-ADD-08).",
        "两篇文章都问到；比较尚未收入（参见 R-ADD-08）。",
    ),
)
_topic(
    "S-84",
    "000 L174; 003 L175–177; 004 L232–234",
    "taught",
    PARTLY,
    ("Simple RNN, LSTM or GRU", "简单 RNN、LSTM 与 GRU 之比较"),
    (
        "Compared as language models; two more tasks over three seeds are still to come.",
        "作为语言模型已有比较；另外任务、三个种子的比较尚未收入。",
    ),
    "models.word_language_model chapters/06_text.py",
    L6,
)
_topic(
    "S-85",
    "001 L7",
    "taught",
    PARTLY,
    ("Dense network or recurrence", "全连接与循环之比较"),
    (
        "A dense baseline stands beside the digits, and the echo defeats a net without memory.",
        "数字识别有全连接基线；延迟回声任务难倒无记忆的网络。",
    ),
    "chapters/05_digits.py chapters/01_by_hand.py",
    L5,
)
_topic(
    "S-86",
    "003 L27–29",
    "taught",
    OUT,
    ("The likeness to the brain", "与大脑的类比"),
    ("No experiment here could bear it out or refute it.", "本课程的任何实验都无法证实或否定。"),
)
_topic(
    "S-87",
    "004 L224",
    "once",
    HERE,
    ("Several series at once", "多变量序列"),
    ("Weather comes with several columns and stations.", "天气数据含多个变量与多个站点。"),
    "datasets.weather.load chapters/04_next_value.py",
    L4,
)
_topic(
    "S-88",
    "003 L5–15",
    "taught",
    PARTLY,
    ("Neurons, activation, back-propagation in general", "神经元、激活函数与反向传播的基础"),
    (
        "Back-propagation is derived where it is used; a primer is not part of the course.",
        "用到之处推导反向传播；课程不含神经网络入门。",
    ),
    "chapters/01_by_hand.py",
    L1,
)
