using Gateflow.Benchmarks;
using Gateflow.Benchmarks.MainJob;

return await new CommandTable([MainJobCommand.Create()]).RunAsync(args);
