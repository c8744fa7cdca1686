CREATE VIEW greeting AS SELECT 'from a module' AS text;
