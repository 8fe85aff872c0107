// Each test starts programs and a browser of its own; side by side they would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
