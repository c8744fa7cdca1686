(import sys)
(print (sum (map int (.split (.read sys.stdin)))))
