def file = new File('scratch.txt')
file.text = 'written and read\n'
print file.text
