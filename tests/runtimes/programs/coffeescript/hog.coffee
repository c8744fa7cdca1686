kept = []
loop
  kept.push new Array(1000).fill kept.length
