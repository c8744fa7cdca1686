(import '(java.io IOException) '(java.net Socket))

(println
 (try
   (.close (Socket. "192.0.2.1" 80))
   "connected"
   (catch IOException _ "no network")))
