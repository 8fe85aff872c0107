using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gateflow.Tests.Storage;

/// <summary>A real PostgreSQL server on a free port of 127.0.0.1, in a folder of its own that goes with it. It can be stopped and started again.</summary>
public sealed class PostgreSqlProcess : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "gateflow-pg-" + Guid.NewGuid().ToString("N")[..8]);
    private readonly string _bin;
    private readonly int _port = FreePort();

    private PostgreSqlProcess() => _bin = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(d => Path.Combine(d, "bin")).First(d => File.Exists(Path.Combine(d, "initdb")))
        : "";

    /// <summary>Connection string without a database.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres";

    public static async Task<PostgreSqlProcess> StartAsync()
    {
        var server = new PostgreSqlProcess();
        Directory.CreateDirectory(server._folder);
        if (Environment.UserName == "root")
        {
            await RunAsync("chown", "postgres", server._folder);
        }

        await ServerAsync($"{server.Program("initdb")} -D {server._folder}/data -A trust -U postgres -E UTF8 --locale=C --no-sync");
        await server.ContinueAsync();
        return server;
    }

    /// <summary>Ends it as a power cut would: connections break, nothing is said.</summary>
    public Task StopAsync() => ServerAsync($"{Program("pg_ctl")} -D {_folder}/data -m immediate stop");

    /// <summary>Starts it again on the same port and data.</summary>
    public Task ContinueAsync() => ServerAsync(
        $"{Program("pg_ctl")} -D {_folder}/data -o '-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=off' -l {_folder}/log -w start");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Program(string name) => _bin.Length == 0 ? name : Path.Combine(_bin, name);

    /// <summary>The server refuses to run as root.</summary>
    private static Task ServerAsync(string command) => Environment.UserName == "root"
        ? RunAsync("su", "postgres", "-c", command)
        : RunAsync("sh", "-c", command);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        // pg_ctl hands its pipes on to the server, so their end is not waited for
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
