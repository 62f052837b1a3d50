"""Pairs of SQL scripts that others wrote: imported, said as specifications, planned and run. Read `outcome` first."""
