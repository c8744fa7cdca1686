void main () {
    print ("%s\n", Geometry.where_from ());
}
