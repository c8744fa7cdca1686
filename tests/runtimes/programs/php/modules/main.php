<?php
require __DIR__ . "/greetings/words.php";

echo Greetings\greeting(), "\n";
