package Geometry is
end Geometry;

package Geometry.Places is
   function Where_From return String;
end Geometry.Places;
