using System.Diagnostics;
using System.Text.Json;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Clients;

/// <summary>
/// Clients of the JavaScript world as black boxes, each suite of theirs one test here: OpenAI's and Anthropic's own packages and a framework that stands on neither, before models of
/// several providers.
/// </summary>
public sealed class NodeClientTests(NodeClients clients) : IClassFixture<NodeClients>
{
    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("ai-sdk")]
    public async Task Suite_Passes(string suite)
    {
        var (passed, output) = await clients.RunAsync(suite);

        Assert.True(passed, output);
    }
}

/// <summary>Installs the packages once and keeps gateway and simulator for all suites.</summary>
public sealed class NodeClients : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Models = new()
    {
        ["openai"] = "gpt-4o", ["anthropic"] = "claude-sonnet-4-5-20250929", ["gemini"] = "gemini-2.5-flash", ["bedrock"] = "claude-on-bedrock",
    };

    private SimulatorHost _simulator = null!;
    private GatewayHost _host = null!;
    private string _folder = "";

    public async ValueTask InitializeAsync()
    {
        _folder = Path.Combine(Repository.Root, "Gateflow.Tests", "Clients", "node");
        var (installed, output) = await ProcessAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        Assert.True(installed, output);
        _simulator = await SimulatorHost.StartAsync();
        _host = await GatewayHost.StartAsync();
        var root = new Uri(_simulator.Root);
        _host.Serve(Models["openai"], ProviderType.OpenAI, new Uri(_simulator.BaseUrl));
        _host.Serve("text-embedding-3-small", ProviderType.OpenAI, new Uri(_simulator.BaseUrl));
        _host.Serve(Models["anthropic"], ProviderType.Anthropic, root);
        _host.Serve(Models["gemini"], ProviderType.Gemini, root);
        _host.Serve(Models["bedrock"], ProviderType.Bedrock, root, "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", p => p with
        {
            ApiKey = null, Region = "eu-central-1", AccessKeyId = "AKIDEXAMPLE", SecretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        });
    }

    /// <summary>Runs one file of tests; false with what it printed when one fails.</summary>
    public Task<(bool Passed, string Output)> RunAsync(string suite) => ProcessAsync("node", ["--test", "--test-reporter=spec", $"tests/{suite}.test.mjs"]);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
            await _simulator.DisposeAsync();
        }
    }

    private async Task<(bool Passed, string Output)> ProcessAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        if (_host is not null)
        {
            start.Environment["GATEWAY_URL"] = _host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
            start.Environment["GATEWAY_KEY"] = GatewayHost.Key;
            start.Environment["GATEWAY_MODELS"] = JsonSerializer.Serialize(Models);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode == 0, await output + await errors);
    }
}
