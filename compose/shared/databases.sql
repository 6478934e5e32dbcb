-- Runs once, when the database volume is new. Kratos and Keto both have tables
-- with the same names, so each gets a database of its own.
CREATE DATABASE kratos;
CREATE DATABASE keto;
