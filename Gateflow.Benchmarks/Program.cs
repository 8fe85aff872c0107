Console.WriteLine("Gateflow.Benchmarks");
