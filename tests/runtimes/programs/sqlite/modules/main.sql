-- .read knows the current directory alone.
.read /artifact/greetings/words.sql
SELECT text FROM greeting;
