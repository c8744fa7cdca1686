<?php
$socket = @stream_socket_client("tcp://192.0.2.1:80", $number, $message, 20);
echo $socket === false ? "no network\n" : "connected\n";
