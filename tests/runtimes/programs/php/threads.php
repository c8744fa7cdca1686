<?php
// PHP's threads are processes.
for ($i = 1; $i <= 10; $i++) {
    if (pcntl_fork() === 0) {
        file_put_contents("square.$i", $i * $i);
        exit(0);
    }
}
while (pcntl_wait($status) > 0) {
}
echo array_sum(array_map('file_get_contents', glob("square.*"))), "\n";
