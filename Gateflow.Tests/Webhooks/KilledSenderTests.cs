using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Tests.Fleet;
using Gateflow.Tests.Management;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Webhooks;

/// <summary>A node killed as by kill -9 after an event was stored and before the receiver had its message.</summary>
public sealed class KilledSenderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_BetweenEventAndReceipt_TheSameMessageComesAfterTheRestart(bool whileSending)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer = async (_, _) =>
        {
            await killed.Task; // nobody has a receipt while the first process lives
            return 204;
        };
        var data = Directory.CreateTempSubdirectory("gateflow-killed-").FullName;
        Dictionary<string, string?> settings = new()
        {
            ["Gateflow:DataDirectory"] = data,
            ["Gateflow:Node"] = "alone",
            ["Gateflow:PublicUrl"] = "https://gateflow.example.com/",
            ["Gateflow:Outbound:AllowPrivateNetworks"] = "true",
            ["Gateflow:Providers:sim:Type"] = "OpenAICompatible",
            ["Gateflow:Providers:sim:BaseUrl"] = simulator.BaseUrl,
            ["Gateflow:Providers:sim:Models:0"] = ManagedGateflow.Source,
            ["Gateflow:Providers:sim:Models:1"] = ManagedGateflow.Target,
        };
        string hook, secret;
        Received? cut = null;
        await using (var node = await NodeProcess.StartAsync(settings))
        {
            var made = await CallAsync(node, "POST", "webhooks", new JsonObject { ["url"] = receiver.Url.ToString(), ["events"] = new JsonArray("migration.rolled_back") }.ToJsonString());
            (hook, secret) = (ManagedGateflow.Text(made, "id"), ManagedGateflow.Text(made, "secret"));
            var id = ManagedGateflow.Text(
                await CallAsync(node, "POST", "migrations", $$"""{"source_model": "{{ManagedGateflow.Source}}", "target_model": "{{ManagedGateflow.Target}}"}"""), "migration_id");
            await CallAsync(node, "POST", $"migrations/{id}/execute");
            await CallAsync(node, "POST", $"migrations/{id}/rollback", """{"reason": "Wrong tone"}""");
            if (whileSending)
            {
                cut = await receiver.NextAsync();
            }
        }

        for (var told = cut is null ? 0 : 1; told < receiver.Count; told++)
        {
            cut = await receiver.NextAsync(); // the kill came after the send had begun all the same
        }

        killed.SetResult();
        await using (var node = await NodeProcess.StartAsync(settings))
        {
            var taken = await receiver.NextAsync();

            var stored = Assert.Single((await CallAsync(node, "GET", $"webhooks/{hook}/deliveries"))["data"]!.AsArray())!;
            Assert.Equal(ManagedGateflow.Text(stored, "id"), taken.Id);
            Assert.True(taken.IsSignedWith(secret));
            var body = taken.Json;
            ((JsonObject)body["data"]!).Remove("link"); // the one thing that is added on the way
            Assert.True(JsonNode.DeepEquals(stored["payload"], body), taken.Body);
            if (cut is not null)
            {
                Assert.Equal((cut.Id, cut.Body), (taken.Id, taken.Body));
            }
        }

        Directory.Delete(data, recursive: true);
    }

    private static async Task<JsonObject> CallAsync(NodeProcess node, string method, string path, string json = "{}")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/management/" + path);
        request.Content = method == "GET" ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await node.Client.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return (JsonObject)JsonNode.Parse(text)!;
    }
}
