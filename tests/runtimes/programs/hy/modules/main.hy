(import greeting.words [greeting])
(print greeting)
