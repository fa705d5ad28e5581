"""What lab 2's checks of the server say: a hint names what to do, not only what is wrong."""

from __future__ import annotations

from grader.language import Text

NO_LINE = Text(
    r"each message and each answer is one line, ended by \n; encode() the str before sending",
    r"每条消息、每个回答都是一行，以 \n 结尾；str 要先 encode() 再发送",
)
EXACTLY = Text(
    r"where nobody types the answer is 'received: ', the text and \n, with nothing else",
    r"没有人输入时，回答是 'received: '、原文、\n，不多不少",
)
END_OF_INPUT = Text(
    "input() raises EOFError at the end of standard input, where nobody types: catch it, and answer"
    " 'received: ' and the text",
    "标准输入到了末尾（没有人输入）时，input() 抛出 EOFError：请捕获它，回答 'received: ' 加原文",
)
EMPTY_LINE = Text(
    r"an empty line is b'\n' and has an answer, 'received: '; at the end of the stream recv() gives"
    r" b'': tell these two apart before you cut off the \n",
    r"空行是 b'\n'，也要回答 'received: '；流结束时 recv() 返回的是 b''："
    r"请在去掉 \n 之前分清这两种情况",
)
ONE_RECV = Text(
    r"one recv() is not one line: it returns what has come so far. Go on until \n has come, then"
    r" decode() the whole line",
    r"一次 recv() 不等于一行：它只返回已经到达的部分。请继续接收，直到收到 \n，再把整行 decode()",
)
JOINED = Text(
    r"one recv() may return several lines: answer the first, and keep what comes after its \n for"
    r" the next",
    r"一次 recv() 可能返回好几行：先回答第一行，\n 后面的内容要留给下一条消息",
)
EXIT = Text(
    "exit is the last message: no answer, close() the connection at once (and a makefile() of it,"
    " which holds it open)",
    "exit 是最后一条消息：不必回答，马上 close() 连接"
    "（用过 makefile() 的话，得到的文件也要关闭，它会让连接一直开着）",
)
NEXT = Text(
    "the end of one dialogue is not the end of the server: go back to accept() for the next client",
    "一次对话结束，服务器并不结束：请回到 accept()，等待下一个客户端",
)
PRINTS = Text(
    "print each message, after decode(), when it has come: the operator has to read it first",
    "每收到一条消息，decode() 之后就打印出来：操作员要先看到它，才能输入回答",
)
OPERATOR = Text(
    "the next line of standard input, input(), is the answer, as it is; only at the end of standard"
    " input the server answers by itself",
    "标准输入的下一行（input()）原样作为回答；只有标准输入到了末尾，服务器才自动回答",
)
OPERATOR_EXIT = Text(
    "an operator's exit is sent as any answer is; then close() this connection and take the next"
    " client",
    "操作员输入的 exit 同其他回答一样发送；之后 close() 这个连接，再接受下一个客户端",
)
OPEN = Text(
    "{t:g} s after the client's FIN the connection is still open",
    "客户端发出 FIN 后过了 {t:g} 秒，连接仍然开着",
)
OPEN_AND_BUSY = Text(
    "{t:g} s after the client's FIN the connection is still open, and all the time server.py keeps"
    " the CPU busy",
    "客户端发出 FIN 后过了 {t:g} 秒，连接仍然开着，而且 server.py 一直占着 CPU",
)
END_OF_STREAM = Text(
    "at the end of the stream recv() returns b'' at once, again and again: leave the loop, close()"
    " the connection and take the next client",
    "流结束后，recv() 会立刻返回 b''，而且每次都是：请跳出循环，close() 连接，再接受下一个客户端",
)
BUSY = Text(
    "with its client gone server.py keeps the CPU busy all the time",
    "客户端已经离开，server.py 却一直占着 CPU",
)
RESTS = Text("it waits for the next client and uses no CPU", "它等待下一个客户端，不占用 CPU")
REST = Text(
    "accept() and recv() wait without using the CPU; a loop that asks again and again, or that goes"
    " on after the end of the stream, uses all of it",
    "accept()、recv() 等待时不占用 CPU；反复询问的循环，或者流结束后仍不退出的循环，会占满 CPU",
)
GONE = Text(
    "when the client is gone recv() or send() raises ConnectionResetError or BrokenPipeError, both"
    " OSError: catch it, close() and take the next client",
    "客户端已经不在时，recv()、send() 会抛出 ConnectionResetError 或 BrokenPipeError（都是"
    " OSError）：请捕获它，close()，再接受下一个客户端",
)
BACKLOG = Text(
    "keep the listening socket open: the kernel accepts clients meanwhile, and accept() takes them"
    " one by one",
    "监听套接字要一直开着：期间由内核接受客户端的连接，accept() 再逐个取出",
)
TOP = Text("type top on server: %CPU", "在 server 上运行 top，看 %CPU 一列")
