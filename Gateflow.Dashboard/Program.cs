using Gateflow.Dashboard.Composition;

if (GateflowApp.Build(args, Console.Error) is not { } app)
{
    return 1;
}

WorkerThreads.Configure();
SocketCompletions.Configure(app.Services.GetRequiredService<Settings>());
await app.RunAsync();
return 0;
