echo "written and read" >scratch.txt
cat scratch.txt
