using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Benchmarks.Processes;

namespace Gateflow.Benchmarks.GatewaySpeed;

/// <summary>One program under load, alone on its core.</summary>
internal sealed class Subject : IAsyncDisposable
{
    public const string Key = "gw_admin_of_the_benchmark";
    public const int Core = 1;

    private readonly ChildProgram _program;
    private readonly string _data;
    private readonly HttpClient _http;

    private Subject(string name, ChildProgram program, string data)
    {
        (Name, _program, _data) = (name, program, data);
        _http = new HttpClient { BaseAddress = new Uri(program.Url + "/"), DefaultRequestHeaders = { Authorization = new("Bearer", Key) } };
        Load = new Load(new Uri(program.Url + "/v1/chat/completions"), Key);
    }

    public string Name { get; }

    public Load Load { get; }

    public string Tail => _program.Tail;

    public int ProcessId => _program.ProcessId;

    /// <summary>Sends the administrator's key.</summary>
    public HttpClient Http => _http;

    public ManagementApi Api => new(_http);

    /// <summary>The migration that runs; null for none.</summary>
    public string? Migration { get; private set; }

    public static async Task<Subject> FloorAsync(ProviderStub provider, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("gateflow-speed-").FullName;
        var program = await ChildProgram.StartAsync(
            "Gateflow.Benchmarks", data, new Dictionary<string, string> { [FloorCommand.Upstream] = provider.Url }, cancellationToken, ["floor"], Core);
        return new Subject(SpeedReport.Floor, program, data);
    }

    /// <param name="name">What the report calls it.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="records">Whether requests are recorded.</param>
    /// <param name="migration">Configuration of a migration to another model that runs; null for none.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<Subject> GateflowAsync(string name, ProviderStub provider, bool records, JsonObject? migration, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("gateflow-speed-").FullName;
        var program = await ChildProgram.StartAsync(
            "Gateflow.Dashboard",
            data,
            new Dictionary<string, string>
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["Gateflow__AdminKey"] = Key,
                ["Gateflow__DataDirectory"] = data,
                ["Gateflow__Demo"] = "false",
                ["Gateflow__Recorder__Enabled"] = records ? "true" : "false",
                ["Gateflow__Providers__stub__Type"] = "OpenAI",
                ["Gateflow__Providers__stub__BaseUrl"] = provider.Url + "/v1",
                ["Gateflow__Providers__stub__ApiKey"] = "sk-of-the-stub",
                ["Gateflow__Providers__stub__Models__0"] = ProviderStub.Model,
                ["Gateflow__Providers__stub__Models__1"] = ProviderStub.OtherModel,
            },
            cancellationToken,
            core: Core);
        var subject = new Subject(name, program, data);
        if (migration is not null)
        {
            await subject.MigrateAsync(migration, cancellationToken);
        }

        return subject;
    }

    /// <summary>CPU time that the program has used, ms (Linux: clock ticks of 10 ms).</summary>
    public double CpuMs
    {
        get
        {
            using var process = System.Diagnostics.Process.GetProcessById(_program.ProcessId);
            return process.TotalProcessorTime.TotalMilliseconds;
        }
    }

    /// <summary>Memory that the program holds, MB.</summary>
    public double MemoryMb
    {
        get
        {
            using var process = System.Diagnostics.Process.GetProcessById(_program.ProcessId);
            return process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    /// <summary>Bytes allocated since its start.</summary>
    public async Task<double> AllocatedAsync(CancellationToken cancellationToken)
    {
        if (Name == SpeedReport.Floor)
        {
            return double.Parse(await _http.GetStringAsync("allocated", cancellationToken), CultureInfo.InvariantCulture);
        }

        var metrics = await _http.GetStringAsync("metrics", cancellationToken);
        var line = metrics.Split('\n').First(l => l.StartsWith("dotnet_gc_heap_total_allocated_bytes_total", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _program.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private async Task MigrateAsync(JsonObject configuration, CancellationToken cancellationToken)
    {
        var api = Api;
        var id = (await api.CreateMigrationAsync(ProviderStub.Model, cancellationToken))["migration_id"]!.GetValue<string>();
        configuration["target_model"] = ProviderStub.OtherModel;
        await api.ConfigureAsync(id, configuration, cancellationToken);
        await api.ExecuteAsync(id, cancellationToken);
        Migration = id;
    }
}
