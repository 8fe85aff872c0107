using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gateflow.Benchmarks.Circuits;

/// <summary>
/// The live objects of another .NET process: a full collection is asked for as heap dumps ask for it (a session of the runtime's event pipe with
/// the keyword GCHeapCollect; dotnet/diagnostics, ipc-protocol.md), then the program's own metrics tell the sizes.
/// </summary>
internal static class ManagedHeap
{
    private const ulong HeapCollect = 0x800000;
    private const int Header = 20;

    /// <summary>Bytes that survive a full collection.</summary>
    public static async Task<double> LiveAsync(int process, HttpClient http, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 3; i++)
        {
            await CollectAsync(process, clock, cancellationToken); // finalizers run between them
        }

        var metrics = (await http.GetStringAsync("metrics", cancellationToken)).Split('\n');
        return Sum(metrics, "dotnet_gc_last_collection_heap_size_bytes") - Sum(metrics, "dotnet_gc_last_collection_heap_fragmentation_size_bytes");
    }

    private static double Sum(IEnumerable<string> metrics, string name) =>
        metrics.Where(l => l.StartsWith(name + "{", StringComparison.Ordinal))
            .Sum(l => double.Parse(l[(l.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));

    private static async Task CollectAsync(int process, TimeProvider clock, CancellationToken cancellationToken)
    {
        var path = Directory.GetFiles(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{process}-*-socket")).FirstOrDefault()
            ?? throw new JobException("The program under test has no diagnostics socket.");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        await socket.SendAsync(Command(), cancellationToken);
        var buffer = new byte[64 * 1024];
        var reading = Task.Run(
            async () =>
            {
                while (await socket.ReceiveAsync(buffer, cancellationToken) > 0)
                {
                    // the session's own events, not needed
                }
            },
            cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(2), clock, cancellationToken);
        socket.Close(); // ends the session
        await reading.ContinueWith(_ => { }, cancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>CollectTracing: buffer of 16 MB, nettrace, one provider at informational level without filter.</summary>
    private static byte[] Command()
    {
        const string Provider = "Microsoft-Windows-DotNETRuntime";
        var name = Encoding.Unicode.GetBytes(Provider + "\0");
        var command = new byte[Header + 4 + 4 + 4 + 8 + 4 + 4 + name.Length + 4];
        "DOTNET_IPC_V1\0"u8.CopyTo(command);
        BinaryPrimitives.WriteUInt16LittleEndian(command.AsSpan(14), (ushort)command.Length);
        (command[16], command[17]) = (0x02, 0x02);
        var at = Header;
        foreach (var number in (uint[])[16, 1, 1])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(command.AsSpan(at), number);
            at += 4;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(command.AsSpan(at), HeapCollect);
        BinaryPrimitives.WriteUInt32LittleEndian(command.AsSpan(at + 8), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(command.AsSpan(at + 12), (uint)Provider.Length + 1);
        name.CopyTo(command.AsSpan(at + 16));
        return command;
    }
}
