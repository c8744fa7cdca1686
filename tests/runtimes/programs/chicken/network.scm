(import (chicken tcp) (chicken condition))
(print (condition-case (begin (tcp-connect "192.0.2.1" 80) "connected")
         ((exn i/o net) "no network")))
