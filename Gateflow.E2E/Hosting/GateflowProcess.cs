using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Gateflow.E2E.Hosting;

/// <summary>The built program as a process of its own, on a free port, with a folder of its own.</summary>
public sealed class GateflowProcess : IAsyncDisposable
{
    public const string AdminKey = "gw_admin_key_of_the_tests";

    private readonly StringBuilder _output = new();
    private readonly Dictionary<string, string> _environment;
    private readonly string[] _command;
    private readonly string _folder;
    private Process? _process;

    private GateflowProcess(string[] command, Dictionary<string, string> environment, string folder, string url)
    {
        (_command, _environment, _folder, Url) = (command, environment, folder, url);
        Client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(60) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    public string Url { get; }

    public string DataDirectory => Path.Combine(_folder, "data");

    /// <summary>Speaks to the program with the administrator's key.</summary>
    public HttpClient Client { get; }

    /// <summary>What the program printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts the built program, by default with demo and a known administrator's key, and waits until it is ready.</summary>
    public static async Task<GateflowProcess> StartAsync(Dictionary<string, string>? environment = null, string[]? command = null, string? url = null)
    {
        url ??= $"http://127.0.0.1:{FreePort()}";
        var folder = Directory.CreateTempSubdirectory("gateflow-e2e-").FullName;
        Dictionary<string, string> all = new()
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development", ["Gateflow__AdminKey"] = AdminKey, ["Gateflow__DataDirectory"] = Path.Combine(folder, "data"),
        };
        foreach (var (key, value) in environment ?? [])
        {
            all[key] = value;
        }

        var process = new GateflowProcess(command ?? ["dotnet", Repository.Dashboard, "--urls", url], all, folder, url);
        await process.RunAsync();
        return process;
    }

    /// <summary>Kills the program as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts the program again on the same data.</summary>
    public async Task RunAsync()
    {
        var start = new ProcessStartInfo(_command[0], _command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        foreach (var (key, value) in _environment)
        {
            if (value.Length == 0)
            {
                start.Environment.Remove(key);
            }
            else
            {
                start.Environment[key] = value;
            }
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(ReadyAsync, TimeSpan.FromSeconds(90), () => $"the program did not become ready:\n{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        Client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> ReadyAsync()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"the program ended with {_process.ExitCode}:\n{Output}");
        }

        try
        {
            using var response = await Client.GetAsync("/health/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
