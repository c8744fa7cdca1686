(import (greeting words))

(display greeting)
(newline)
