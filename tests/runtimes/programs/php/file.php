<?php
file_put_contents("scratch.txt", "written and read\n");
echo file_get_contents("scratch.txt");
