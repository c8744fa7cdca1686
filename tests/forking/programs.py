"""
Small programs whose every detail must be the same whether they are executed or forked: (name, source, standard input).

Nothing in them may depend on process numbers, times or addresses.
"""

from __future__ import annotations

from typing import Final

PYTHON: Final[dict[str, tuple[bytes, bytes]]] = {
    name: (source.encode("utf-8", "surrogateescape"), stdin)
    for name, source, stdin in (
        ("nothing", "", b""),
        ("only-a-comment", "# nothing\n", b""),
        ("hello", "print('hello')", b""),
        ("argv", "import sys\nprint(sys.argv, sys.orig_argv, sys.executable)", b""),
        ("path", "import sys\nprint(sys.path, sys.prefix, sys.flags, sys.warnoptions, sys._xoptions)", b""),
        ("main-names", "print(sorted(globals()), __name__, __file__, __spec__, __doc__, __package__, __cached__)", b""),
        ("loader", "print(type(__loader__).__name__, __loader__.name, __loader__.path)", b""),
        ("modules", "import sys\nprint(sorted(sys.modules))", b""),
        ("builtin-names", "print(sorted(dir(__builtins__)), exit, quit, copyright)", b""),
        ("environment", "import os\nprint(sorted(os.environ.items()), os.getcwd(), os.listdir())", b""),
        ("environ-file", "print(sorted(open('/proc/self/environ', 'rb').read().split(b'\\0')))", b""),
        ("command-line", "print(open('/proc/self/cmdline', 'rb').read(), open('/proc/self/comm').read())", b""),
        ("executable", "import os\nprint(os.readlink('/proc/self/exe'), os.readlink('/proc/self/cwd'))", b""),
        ("descriptors", "import os\nprint(sorted(os.listdir('/proc/self/fd')))", b"x"),
        (
            "status",
            (
                "import re\nfor line in open('/proc/self/status'):\n"
                "    if re.match('Umask|Uid|Gid|Groups|Thr|SigQ|SigP|SigB|SigC|Shd|Cap|NoNew|Secc|FDS|CoreD', line):\n"
                "        print(line, end='')"
            ),
            b"",
        ),
        ("limits", "print(open('/proc/self/limits').read())", b""),
        ("oom-score", "print(open('/proc/self/oom_score_adj').read())", b""),
        ("session", "import os\nprint(os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid())", b""),
        ("identity", "import os\nprint(os.getresuid(), os.getresgid(), os.getgroups(), os.umask(0))", b""),
        (
            "scheduling",
            "import os\nprint(os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0), os.sched_getaffinity(0))",
            b"",
        ),
        (
            "signals",
            (
                "import signal\nprint([(n, str(signal.getsignal(n))[:20]) for n in sorted(signal.valid_signals())])\n"
                "print(signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.getitimer(signal.ITIMER_REAL))"
            ),
            b"",
        ),
        ("exit-3", "import sys\nsys.exit(3)", b""),
        ("exit-text", "import sys\nsys.exit('a sentence')", b""),
        ("exit-none", "import sys\nsys.exit()", b""),
        ("exit-big", "import sys\nsys.exit(1 << 40)", b""),
        ("exit-negative", "raise SystemExit(-1)", b""),
        ("exit-at-once", "import os\nprint('lost')\nos._exit(7)", b""),
        ("quit", "quit(4)", b""),
        ("at-exit", "import atexit\natexit.register(print, 'last')\nprint('first')", b""),
        ("at-exit-fails", "import atexit\natexit.register(print, flash=1)", b""),
        ("error", "def f(x):\n    return 1 / x\n\nprint(f(1))\nf(0)", b""),
        ("chained-errors", "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('b') from e", b""),
        ("error-group", "raise ExceptionGroup('several', [ValueError(1), TypeError(2)])", b""),
        ("syntax-error", "print('a'\nx = = 1\n", b""),
        ("indentation-error", "if True:\nprint(1)\n", b""),
        ("tabs", "if True:\n\tx = 1\n        y = 2\n", b""),
        ("unknown-module", "import does_not_exist", b""),
        ("nul", "print(1)\n\0print(2)\n", b""),
        ("bom", "\ufeffprint('bom')", b""),
        ("coding", "# -*- coding: latin-1 -*-\nprint(len('\udce4'))", b""),
        ("bad-coding", "# -*- coding: no-such -*-\nprint(1)", b""),
        ("not-utf-8", "print('\udce4')", b""),
        ("carriage-returns", "print(1)\r\nprint(2)\r\n", b""),
        ("warnings", "import warnings\nwarnings.warn('careful')\nprint('a' is 'a')", b""),
        ("future", "from __future__ import annotations\ndef f(x: nowhere): pass\nprint(f.__annotations__)", b""),
        ("keyboard-interrupt", "raise KeyboardInterrupt", b""),
        ("interrupted", "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nprint('no')", b""),
        ("aborts", "import os\nos.abort()", b""),
        ("segmentation-fault", "import ctypes\nctypes.string_at(0)", b""),
        ("terminated", "import os, signal\nos.kill(0, signal.SIGTERM)", b""),
        ("recursion", "import sys\nprint(sys.getrecursionlimit())\ndef f(n): return f(n + 1)\nf(0)", b""),
        (
            "deep-recursion",
            "import sys\nsys.setrecursionlimit(50000)\ndef f(n): return n and 1 + f(n - 1)\nprint(f(40000))",
            b"",
        ),
        ("deep-c-stack", "import sys, re\nx = []\nfor _ in range(2000): x = [x]\nprint(len(repr(x)))", b""),
        ("memory-error", "x = bytearray(1 << 60)", b""),
        ("random", "import random\nrandom.seed(5)\nprint(random.random(), random.getrandbits(99))", b""),
        ("unseeded-random", "import random\nprint(0 <= random.random() < 1)", b""),
        ("hashes", "print(hash('abc'), hash(b'abc'), list({'a', 'b', 'c', 'dd', 'eee'}))", b""),
        ("garbage", "import gc\nprint(gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), gc.garbage)", b""),
        ("input", "print(input() + input('? '))\ninput()", b"one\ntwo\n"),
        ("standard-input", "import sys\nprint(sys.stdin.read().split(), sys.stdin.encoding)", b"1 2 3\n\xc3\xa9\n"),
        ("binary-input", "import sys\nprint(sys.stdin.buffer.read(), sys.stdin.fileno())", bytes(range(256))),
        ("bad-input", "print(input())", b"\xff\xfe\n"),
        ("no-input", "import sys\nprint(repr(sys.stdin.read()), sys.stdin.isatty())", b""),
        (
            "input-is-seekable",
            "import sys\nsys.stdin.readline()\nsys.stdin.seek(0)\nprint(sys.stdin.read())",
            b"a\nb\n",
        ),
        (
            "streams",
            (
                "import sys\nfor s in (sys.stdin, sys.stdout, sys.stderr):\n"
                "    print(s.name, s.mode, s.encoding, s.errors, s.line_buffering, s.write_through)\n"
                "    print(s.buffer.raw.mode, s.buffer.raw.closefd, s.seekable())"
            ),
            b"abc",
        ),
        ("large-output", "import sys\nsys.stdout.write('0123456789' * 200000)", b""),
        ("both-streams", "import sys\nfor i in range(99):\n    print(i)\n    print(i, file=sys.stderr)", b""),
        ("unflushed", "import sys\nsys.stdout.write('no newline')", b""),
        ("closes-output", "import sys\nprint('a')\nsys.stdout.close()\nprint('b')", b""),
        ("closes-descriptor", "import os\nprint('lost')\nos.close(1)", b""),
        ("surrogates", "print('\\ud800')", b""),
        (
            "threads",
            (
                "import threading as t\nx = [t.Thread(target=print, args=(1,)) for _ in range(3)]\n"
                "[a.start() for a in x]\n[a.join() for a in x]\nprint(t.main_thread().name, t.active_count())"
            ),
            b"",
        ),
        (
            "thread-at-exit",
            "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.05), print('x'))).start()",
            b"",
        ),
        (
            "daemon-thread",
            "import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
            b"",
        ),
        (
            "thread-exits",
            "import sys, threading\nthreading.Thread(target=sys.exit, args=(5,)).start()\nprint('on')",
            b"",
        ),
        ("thread-fails", "import threading\ndef f(): 1 / 0\nthreading.Thread(target=f, name='T').start()", b""),
        (
            "thread-clock",
            (
                "import time, threading\nc = time.pthread_getcpuclockid(threading.get_ident())\n"
                "print(time.clock_gettime(c) > 0, threading.get_native_id() == __import__('os').getpid())"
            ),
            b"",
        ),
        ("forks", "import os\npid = os.fork()\nprint('child' if not pid else os.waitpid(pid, 0)[1])", b""),
        (
            "subprocess",
            (
                "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(input())'],"
                " input='x', text=True, capture_output=True))"
            ),
            b"",
        ),
        (
            "pool",
            (
                "from multiprocessing import Pool\ndef f(x): return x * x\nif __name__ == '__main__':\n"
                "    with Pool(2) as p: print(p.map(f, range(5)))"
            ),
            b"",
        ),
        (
            "spawn",
            (
                "import multiprocessing as m\ndef f(q): q.put(__name__)\nif __name__ == '__main__':\n"
                "    c = m.get_context('spawn')\n    q = c.Queue()\n    p = c.Process(target=f, args=(q,))\n"
                "    p.start()\n    print(q.get())\n    p.join()"
            ),
            b"",
        ),
        ("imports-itself", "import __main__, main\nprint(__main__.__file__, main.__name__, main is __main__)", b""),
        (
            "pickles",
            "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A, pickle.dumps(A))",
            b"",
        ),
        ("source", "import inspect\ndef f(): return 1\nprint(inspect.getsource(f), inspect.stack()[0].filename)", b""),
        ("frames", "import sys, traceback\nprint(sys._getframe().f_back)\ntraceback.print_stack()", b""),
        ("excepthook", "import sys\nsys.excepthook = lambda *a: print('hook', a[0])\n1 / 0", b""),
        ("exec", "exec(compile('print(__name__)', 'x', 'exec'))\nexec('1 / 0')", b""),
        ("del", "class A:\n    def __del__(self): print('del')\na = A()\n", b""),
        (
            "del-at-the-end",
            "import sys\nclass A:\n    def __del__(self): print(sys.is_finalizing())\na = A()\nb = [a]",
            b"",
        ),
        ("async", "import asyncio\nasync def f(): return 5\nprint(asyncio.run(f()))", b""),
        (
            "files",
            "open('a', 'w').write('x')\nimport os\nprint(os.listdir(), os.stat('a').st_uid, open('a').read())",
            b"",
        ),
        (
            "temporary-file",
            "import tempfile\nprint(tempfile.gettempdir(), tempfile.TemporaryFile().write(b'abc'))",
            b"",
        ),
        ("locale", "import locale\nprint(locale.getlocale(), locale.getpreferredencoding(), locale.setlocale(0))", b""),
        (
            "clock",
            "import time\nprint(time.process_time() < 1, time.thread_time() < 1, time.tzname, time.timezone)",
            b"",
        ),
        (
            "usage",
            "from resource import getrusage as g\nprint(g(0).ru_utime < 1, g(-1).ru_utime, g(-1).ru_stime)",
            b"",
        ),
        ("children", "import os\ntry:\n    os.wait()\nexcept ChildProcessError as e:\n    print(e)", b""),
        (
            "maps",
            "import re\nprint(sorted({l.split()[5] for l in open('/proc/self/maps') if len(l.split()) > 5}))",
            b"",
        ),
        ("executable-memory", "print([l for l in open('/proc/self/maps') if 'rwx' in l])", b""),
        ("doctest", "'''\n>>> 1 + 1\n3\n'''\nimport doctest\nprint(doctest.testmod())", b""),
        (
            "numeric",
            "from decimal import Decimal\nfrom fractions import Fraction\nprint(Decimal('0.1') * 3, Fraction(1, 3))",
            b"",
        ),
    )
}

R: Final[dict[str, tuple[bytes, bytes]]] = {
    name: (source.encode("utf-8", "surrogateescape"), stdin)
    for name, source, stdin in (
        ("nothing", "", b""),
        ("hello", "cat('hello\\n')", b""),
        ("prints", "1:20\nx <- c(a=1, b=2)\nx\nprint(list(1, 'a'))", b""),
        ("arguments", "print(commandArgs())\nprint(commandArgs(TRUE))\nprint(interactive())", b""),
        (
            "environment",
            "e <- Sys.getenv()\ne <- e[names(e) != 'R_SESSION_TMPDIR']\nprint(sort(paste(names(e), e)))",
            b"",
        ),
        ("search", "print(search())\nprint(loadedNamespaces())\nprint(ls(all.names = TRUE))", b""),
        (
            "options",
            "o <- options()\nprint(names(o))\nprint(o[c('warn', 'digits', 'encoding', 'echo', 'width')])",
            b"",
        ),
        ("lines", "x <- readLines(file('stdin'))\nprint(rev(x))", b"a\nb\nc\n"),
        ("scan", "x <- scan(file('stdin'), quiet = TRUE)\nprint(sum(x))", b"1 2 3\n4.5\n"),
        ("no-lines", "print(readLines(file('stdin')))\nprint(readline('? '))", b""),
        ("standard-input", "print(readLines(stdin(), 1))\nthis is the next line\n", b"x\n"),
        ("stop", "f <- function(x) stop('no: ', x)\nf(3)\ncat('never')", b""),
        ("error", "log(-1)\nx <- undefined_thing + 1\n", b""),
        ("warnings", "for (i in 1:3) warning('w', i)\nas.integer('x')\n", b""),
        ("many-warnings", "f <- function() for (i in 1:60) warning('w', i)\nf()", b""),
        ("syntax-error", "x <- (1 +\ncat('a')\n}\n", b""),
        ("incomplete", "cat('never printed'", b""),
        ("quit", "cat('a\\n')\nquit(status = 3)\ncat('b\\n')", b""),
        ("quit-runs-last", ".Last <- function() cat('last\\n')\nq('no', 5)", b""),
        (
            "try",
            "r <- tryCatch(stop('x'), error = function(e) conditionMessage(e), finally = cat('f\\n'))\nprint(r)",
            b"",
        ),
        ("traceback", "options(error = quote({ cat('handler\\n'); q(status = 9) }))\nstop('a')", b""),
        ("message", "message('to stderr')\ninvisible(5)\n(5)", b""),
        ("seeded-random", "set.seed(42)\nprint(runif(3))\nprint(sample(10))\nprint(RNGkind())", b""),
        ("unseeded-random", "print(exists('.Random.seed'))\nx <- runif(1)\nprint(x > 0 && x < 1)", b""),
        (
            "temporary-files",
            "f <- tempfile()\nwriteLines('x', f)\nprint(readLines(f))\nprint(file.info(dirname(f))$mode)",
            b"",
        ),
        ("system", "print(system('echo hi; exit 3'))\nprint(system2('echo', 'x', stdout = TRUE))", b""),
        ("fork", "p <- parallel::mcparallel(1 + 1)\nprint(parallel::mccollect(p)[[1]])", b""),
        (
            "packages",
            "library(stats4)\nlibrary(methods)\nsetClass('A', representation(x = 'numeric'))\nprint(new('A', x = 1))",
            b"",
        ),
        ("matrix", "m <- matrix(c(2, 1, 1, 3), 2)\nprint(solve(m))\nprint(eigen(m))", b""),
        ("plot", "pdf(NULL)\nplot(1:3)\ninvisible(dev.off())\ncat('done\\n')", b""),
        (
            "files",
            "writeLines('x', 'a.txt')\nprint(list.files())\nprint(getwd())\nprint(file.info('a.txt')$uname)",
            b"",
        ),
        (
            "strings",
            "cat(sprintf('%05.2f|%s', pi, 'é'), toupper('straße'), nchar('日本'), '\\n')\nprint(Sys.getlocale())",
            b"",
        ),
        (
            "times",
            "print(Sys.timezone())\nprint(as.Date('2024-02-29') + 365)\nprint(proc.time()[['user.self']] < 5)",
            b"",
        ),
        ("deep-recursion", "f <- function(n) if (n == 0) 0 else 1 + f(n - 1)\nprint(f(1000))\nf(1e6)", b""),
        ("killed", "tools::pskill(Sys.getpid(), 9)\nSys.sleep(5)", b""),
        ("signal", "tools::pskill(Sys.getpid(), tools::SIGTERM)\nSys.sleep(5)", b""),
        ("latin-1", "x <- 'caf\udce9'\nprint(validUTF8(x))", b""),
        ("carriage-returns", "x <- 1\r\nprint(x)\r\n", b""),
        ("sources", "source(textConnection('print(2)'))\n", b""),
        ("descriptors", "print(sort(list.files('/proc/self/fd')))\nprint(normalizePath('/proc/self/cwd'))", b"x"),
        ("command-line", "print(readBin('/proc/self/cmdline', 'raw', 999))\nprint(readLines('/proc/self/comm'))", b""),
    )
}
