import places

print places.from$()
