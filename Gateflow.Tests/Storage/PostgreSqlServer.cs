using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gateflow.Tests.Storage;

/// <summary>A real PostgreSQL server in a folder of its own, started once for all tests and stopped at their end.</summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "gateflow-pg-" + Guid.NewGuid().ToString("N")[..8]);
    private string _bin = "";

    /// <summary>Connection string without a database.</summary>
    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(d => Path.Combine(d, "bin")).First(d => File.Exists(Path.Combine(d, "initdb")))
            : "";
        Directory.CreateDirectory(_folder);
        if (Environment.UserName == "root")
        {
            await RunAsync("chown", "postgres", _folder);
        }

        var port = FreePort();
        await ServerAsync($"{Program("initdb")} -D {_folder}/data -A trust -U postgres -E UTF8 --no-sync");
        await ServerAsync($"{Program("pg_ctl")} -D {_folder}/data -o '-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=off' -l {_folder}/log -w start");
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres";
    }

    /// <summary>A connection string for a new, empty database.</summary>
    public string NewDatabase() => $"{ConnectionString};Database=t{Guid.NewGuid():N};Include Error Detail=true";

    public async ValueTask DisposeAsync()
    {
        await ServerAsync($"{Program("pg_ctl")} -D {_folder}/data -m immediate stop");
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
