using System.Net.Http.Json;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Pipeline;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Composition;

public sealed class StopTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_ModelNeverAnswers_IsCutOffAndStoredWithinTheTime()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var asked = new TaskCompletionSource();
        upstream.Answer = async (http, _) =>
        {
            asked.TrySetResult();
            await FakeUpstream.Silence(http);
        };
        var clock = new SteppedTime();
        var data = Directory.CreateTempSubdirectory("gateflow-stop-");
        var gateflow = await GateflowHost.StartAsync(
            new Dictionary<string, string?>
            {
                ["Gateflow:ShutdownSeconds"] = "30",
                ["Gateflow:Providers:fake:Type"] = "OpenAICompatible",
                ["Gateflow:Providers:fake:BaseUrl"] = upstream.BaseUrl.ToString(),
                ["Gateflow:Providers:fake:Models:0"] = "silent",
            },
            data.FullName,
            services: s => s.AddSingleton<TimeProvider>(clock));
        using var client = gateflow.CreateClient(GateflowHost.AdminKey);
        var asking = client.PostAsJsonAsync("/v1/chat/completions", new { model = "silent", messages = new[] { new { role = "user", content = "Hi" } } }, Token);
        await asked.Task.WaitAsync(Wait.Limit, Token);

        var stopping = gateflow.DisposeAsync().AsTask();
        clock.Advance(await clock.WaitForAsync(due => due == TimeSpan.FromSeconds(22))); // from then on connections are cut off
        await stopping;

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => asking);
        await using var services = new ServiceCollection().AddGateflowStorage(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(data.FullName, "gateflow.db")};Pooling=False").BuildServiceProvider();
        await using (var db = await services.GetRequiredService<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token))
        {
            var row = await db.Set<RequestRow>().SingleAsync(Token);
            Assert.Equal((503, "gateway_stopped"), (row.Status, row.ErrorCode));
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        data.Delete(recursive: true);
    }
}
