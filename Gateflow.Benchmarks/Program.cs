using Gateflow.Benchmarks;
using Gateflow.Benchmarks.Circuits;
using Gateflow.Benchmarks.GatewaySpeed;
using Gateflow.Benchmarks.MainJob;
using Gateflow.Benchmarks.MigrationsSim;
using Gateflow.Benchmarks.Nodes;
using Gateflow.Benchmarks.Replay;
using Gateflow.Benchmarks.Usage;

return await new CommandTable(
[
    MainJobCommand.Create(), GatewaySpeedCommand.Create(), FloorCommand.Create(), MigrationsSimCommand.Create(), NodesCommand.Create(), NodesFaultsCommand.Create(),
    SimilarityCommand.Create(), CircuitsCommand.Create(), OverheadCommand.Create(), UsageCommand.Create(),
]).RunAsync(args);
