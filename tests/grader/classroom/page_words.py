"""What the pages of a class say of themselves."""

from grader.language import Text, same

CLASS = Text("the class", "全班")
OTHER_LANGUAGE = same("中文 / English")
SUBMISSIONS = Text("submissions", "份提交")
WHOLE = Text("with all points", "份满分")
AVERAGE = Text("points on average", "平均分")
MISSING = Text("missing", "人未交")
NOT_GRADED = Text("not graded", "份未评分")
UNREADABLE = Text("unreadable", "份无法读取")
TYPICAL_TIME = Text("for one submission", "单份用时")
POINTS = Text("Points", "得分分布")
POINTS_TOLD = Text("How many have so many points.", "每个分数段的份数。")
CHECKS = Text("Checks", "检查")
CHECKS_TOLD = Text(
    "Those that most have failed come first. Blocked: one that it requires had failed.",
    "失败最多的排在前面。“受阻”指它依赖的检查没有通过。",
)
STUDENTS = Text("Students", "学生")
WHO_IS_MISSING = Text("Missing", "未交名单")
SAME_FILES = Text("The same files", "内容相同的提交")
SAME_FILES_TOLD = Text(
    "These handed in the same programs, byte for byte.", "下列提交的程序逐字节相同。"
)
FILTER = Text("search a name or a check", "按姓名或检查筛选")
ALL_STATES = Text("all", "全部")
FAILED_A_CHECK = Text("lost points", "有失分")
GOT_ALL = Text("all points", "满分")
STUDENT = Text("student", "学生")
EARNED = Text("points", "得分")
STATE = Text("state", "状态")
LOST = Text("failed checks", "未通过的检查")
SECONDS = Text("seconds", "秒")
PASSED = Text("passed", "通过")
FAILED = Text("failed", "未通过")
BLOCKED = Text("blocked", "受阻")
ERROR = Text("error", "出错")
HIDDEN = Text("hidden", "隐藏")
SLOWEST = Text("slowest", "最慢")
GRADED = Text("graded", "已评分")
SEED = Text("seed", "种子")
VERSION = Text("checks", "检查版本")
EXCHANGE = Text("what happened", "过程")
FAILED_HERE = Text("here it failed", "在这里失败")
NOTES = Text("About the files", "关于提交的文件")
WAITING = Text("waiting", "待评分")
