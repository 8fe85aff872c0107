using System.Diagnostics;
using System.Net.Http.Headers;
using Gateflow.Tests.Composition;

namespace Gateflow.Tests.Fleet;

/// <summary>A node as a process of its own, so that it can be killed as kill -9 does.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;

    private NodeProcess(Process process, HttpClient client) => (_process, Client) = (process, client);

    /// <summary>Sends the administrator's key.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts it and waits until it listens: then schema, routes and evidence are in place.</summary>
    public static async Task<NodeProcess> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Gateflow.Dashboard.dll"), "--environment", "Production", "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["Gateflow__AdminKey"] = GateflowHost.AdminKey;
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        var process = new Process { StartInfo = start };
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Split(Listening) is [_, var url])
            {
                address.TrySetResult(url.Trim());
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var client = new HttpClient { BaseAddress = new Uri(await address.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", GateflowHost.AdminKey);
        return new NodeProcess(process, client);
    }

    /// <summary>Kills it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Client.Dispose();
    }
}
