using System.Globalization;
using Gateflow.Benchmarks.GatewaySpeed;
using Gateflow.Tests.Storage;
using Npgsql;

namespace Gateflow.Benchmarks.Nodes;

/// <summary>A PostgreSQL server, a stand-in provider and three processes of Gateflow on them, all on this machine.</summary>
internal sealed class NodeFleet : IAsyncDisposable
{
    public const int Count = 3;
    public const string Source = ProviderStub.Model;
    public const string Target = ProviderStub.OtherModel;
    private const string Key = "gw_admin_of_the_benchmark";

    private readonly string _folder = Directory.CreateTempSubdirectory("gateflow-nodes-").FullName;
    private readonly ProviderStub _provider = new();
    private readonly Node?[] _nodes = new Node?[Count];
    private readonly TimeProvider _time;

    private NodeFleet(PostgreSqlProcess database, TimeProvider time)
    {
        (Database, _time) = (database, time);
        Clock = new SkewedClock(_folder);
    }

    public PostgreSqlProcess Database { get; }

    public SkewedClock Clock { get; }

    /// <summary>The nodes by number; null while one is dead.</summary>
    public IReadOnlyList<Node?> Nodes => _nodes;

    public string Tails => string.Join('\n', _nodes.OfType<Node>().Select(n => n.Tail));

    private string ConnectionString => $"{Database.ConnectionString};Database=gateflow";

    /// <param name="skew">Seconds that each node's clock is ahead; null for clocks as they are.</param>
    /// <param name="time">Time of this program.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<NodeFleet> StartAsync(long[]? skew, TimeProvider time, CancellationToken cancellationToken)
    {
        var fleet = new NodeFleet(await PostgreSqlProcess.StartAsync(), time);
        try
        {
            if (skew is not null)
            {
                await fleet.Clock.BuildAsync(cancellationToken);
            }

            for (var node = 0; node < Count; node++)
            {
                if (skew is not null)
                {
                    fleet.Clock.Set(node, skew[node]);
                }

                await fleet.StartAsync(node, skew is not null, cancellationToken);
            }

            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async Task StartAsync(int node, bool skewed, CancellationToken cancellationToken)
    {
        Dictionary<string, string> environment = new()
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Gateflow__AdminKey"] = Key,
            ["Gateflow__Node"] = string.Create(CultureInfo.InvariantCulture, $"node{node}"),
            ["Gateflow__DataDirectory"] = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"data{node}")),
            ["Gateflow__KeysDirectory"] = Path.Combine(_folder, "keys"),
            ["Gateflow__Demo"] = "false",
            ["Gateflow__Database__Provider"] = "PostgreSql",
            ["ConnectionStrings__Gateflow"] = ConnectionString + ";Maximum Pool Size=20;Timeout=5",
            ["Gateflow__Providers__stub__Type"] = "OpenAI",
            ["Gateflow__Providers__stub__BaseUrl"] = _provider.Url + "/v1",
            ["Gateflow__Providers__stub__ApiKey"] = "sk-of-the-stub",
            ["Gateflow__Providers__stub__Models__0"] = Source,
            ["Gateflow__Providers__stub__Models__1"] = Target,
        };
        foreach (var (name, value) in skewed ? Clock.Environment(node) : [])
        {
            environment[name] = value;
        }

        _nodes[node] = await Node.StartAsync(_folder, environment, Key, _time, cancellationToken);
    }

    /// <summary>Kills a node as kill -9 does.</summary>
    public async Task KillAsync(int node)
    {
        var dying = _nodes[node]!;
        _nodes[node] = null;
        await dying.DisposeAsync();
    }

    /// <summary>One number of the database.</summary>
    public async Task<long> NumberAsync(string query, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.OfType<Node>())
        {
            await node.DisposeAsync();
        }

        _provider.Dispose();
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
