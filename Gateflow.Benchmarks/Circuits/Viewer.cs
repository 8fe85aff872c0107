using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Benchmarks.Circuits;

/// <summary>
/// What a browser's tab is to the server: it loads a page, opens the page's circuit in Blazor's own protocol, acknowledges every batch of changes
/// and answers every call into the browser. It draws nothing.
/// </summary>
internal sealed partial class Viewer : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http;
    private readonly Uri _page;
    private readonly HubConnection _hub;
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private byte[]? _sought;
    private TaskCompletionSource<long>? _found;
    private string _circuit = "";
    private int _objects;
    private long _batches;
    private long _bytes;

    private Viewer(HttpClient http, CookieContainer cookies, Uri page)
    {
        (_http, _page) = (http, page);
        var address = new UriBuilder(page) { Scheme = "ws", Path = "/_blazor", Query = "" }.Uri;
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<Microsoft.AspNetCore.Connections.IConnectionFactory>(new BinarySocket(address, cookies));
        builder.Services.AddSingleton<EndPoint>(new IPEndPoint(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(Protocol());
        _hub = builder.Build();
        Listen();
    }

    /// <summary>Batches of changes that came so far.</summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>Bytes of all batches.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>What the server said went wrong; null when nothing did.</summary>
    public string? Fault { get; private set; }

    /// <summary>Opens the page and returns when it has been drawn once.</summary>
    public static async Task<Viewer> OpenAsync(HttpClient http, CookieContainer cookies, Uri page, CancellationToken cancellationToken)
    {
        var viewer = new Viewer(http, cookies, page);
        try
        {
            var html = await http.GetStringAsync(page, cancellationToken);
            await viewer._hub.StartAsync(cancellationToken);
            viewer._circuit = await viewer._hub.InvokeAsync<string>("StartCircuit", new Uri(page, "/").ToString(), page.ToString(), "[]", State(html), cancellationToken)
                ?? throw new JobException("The server did not open a circuit.");
            await viewer._hub.SendAsync("UpdateRootComponents", Roots(html), "", cancellationToken);
            await viewer._quiet.Task.WaitAsync(Longest, cancellationToken);
            return viewer;
        }
        catch
        {
            await viewer.DisposeAsync();
            throw;
        }
    }

    /// <summary>The moment (a timestamp of <see cref="Stopwatch"/>) at which the next batch comes that holds a text.</summary>
    public Task<long> SeeAsync(byte[] text)
    {
        lock (_lock)
        {
            _sought = text;
            _found = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _found.Task;
        }
    }

    /// <summary>Closes the tab as a browser does: it says so, and hangs up.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_circuit.Length > 0)
        {
            using var form = new MultipartFormDataContent { { new StringContent(_circuit), "circuitId" } };
            using var answer = await _http.PostAsync(new Uri(_page, "/_blazor/disconnect"), form);
            answer.EnsureSuccessStatusCode();
        }

        await _hub.DisposeAsync();
    }

    private void Listen()
    {
        _hub.On<long, byte[]>("JS.RenderBatch", async (id, batch) =>
        {
            var now = Stopwatch.GetTimestamp();
            Interlocked.Increment(ref _batches);
            Interlocked.Add(ref _bytes, batch.Length);
            lock (_lock)
            {
                if (_sought is { } text && batch.AsSpan().IndexOf(text) >= 0)
                {
                    _found!.TrySetResult(now);
                    _sought = null;
                }
            }

            await _hub.SendAsync("OnRenderCompleted", id, (string?)null);
        });
        _hub.On<long>("JS.EndUpdateRootComponents", _ => _quiet.TrySetResult());
        _hub.On<int, string>("JS.AttachComponent", (_, _) => { });
        _hub.On<string, bool, string>("JS.EndInvokeDotNet", (_, _, _) => { });
        _hub.On<int, bool>("JS.EndLocationChanging", (_, _) => { });
        _hub.On<string>("JS.Error", fault =>
        {
            Fault = fault;
            _quiet.TrySetException(new JobException($"The circuit broke: {fault}"));
        });
        _hub.On("JS.BeginInvokeJS", [typeof(long), typeof(string), typeof(string), typeof(int), typeof(long), typeof(int)], call =>
        {
            // A reference to an object of the browser's, or nothing: no component here asks the browser for more.
            var result = (int)call[3]! == 1 ? $"{{\"__jsObjectId\":{Interlocked.Increment(ref _objects).ToString(CultureInfo.InvariantCulture)}}}" : "null";
            return (long)call[0]! == 0 ? Task.CompletedTask
                : _hub.SendAsync("EndInvokeJSFromDotNet", (long)call[0]!, true, $"[{((long)call[0]!).ToString(CultureInfo.InvariantCulture)},true,{result}]");
        });
    }

    /// <summary>The page's root components, as the script of the framework sends them.</summary>
    private static string Roots(string html)
    {
        var operations = new JsonArray();
        foreach (Match found in Marker().Matches(html))
        {
            var marker = JsonNode.Parse(found.Groups[1].Value)!.AsObject();
            if (marker["descriptor"] is not null)
            {
                operations.Add(new JsonObject { ["type"] = "add", ["ssrComponentId"] = operations.Count + 1, ["marker"] = marker });
            }
        }

        return new JsonObject { ["batchId"] = 1, ["operations"] = operations }.ToJsonString();
    }

    private static string State(string html) => ServerState().Match(html) is { Success: true } found ? found.Groups[1].Value : "";

    /// <summary>Blazor's own, which is not public: writing another one would be the same again.</summary>
    private static IHubProtocol Protocol() =>
        (IHubProtocol)Activator.CreateInstance(
            typeof(Circuit).Assembly.GetType("Microsoft.AspNetCore.Components.Server.BlazorPack.BlazorPackHubProtocol", throwOnError: true)!, nonPublic: true)!;

    [GeneratedRegex("<!--Blazor:(\\{.*?\\})-->")]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->")]
    private static partial Regex ServerState();
}
