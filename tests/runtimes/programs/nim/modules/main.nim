import geometry/places

echo whereFrom()
