using Gateflow.Benchmarks;
using Gateflow.Benchmarks.GatewaySpeed;
using Gateflow.Benchmarks.MainJob;

return await new CommandTable([MainJobCommand.Create(), GatewaySpeedCommand.Create(), FloorCommand.Create()]).RunAsync(args);
