namespace Geometry {
    public string where_from () {
        return "from a module";
    }
}
