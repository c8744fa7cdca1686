(import (chicken process))
(sleep 60)
