.output scratch.txt
SELECT 'written and read';
.output
SELECT readfile('scratch.txt');
