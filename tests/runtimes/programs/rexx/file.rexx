call lineout 'scratch.txt', 'written and read'
call stream 'scratch.txt', 'C', 'CLOSE'
say linein('scratch.txt')
