// Fixtures have a server and a database each, and mostly wait: for hashes of passwords, for floors of time, for the disk.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(3)]
