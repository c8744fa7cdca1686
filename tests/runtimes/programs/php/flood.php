<?php
while (true) {
    echo "and another line\n";
}
