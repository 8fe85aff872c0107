using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gateflow.Core.Fleet;
using Gateflow.Core.UsageImports;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Errors;

namespace Gateflow.Dashboard.UsageImports;

/// <summary>Takes files in and counts them one after another in the background; a file whose count a restart broke off is gone on with.</summary>
public sealed partial class ImportRunner(
    ImportStore store, ImportRun run, NodeRegistry nodes, RecorderOptions options, TimeProvider clock, ILogger<ImportRunner> logger) : IDisposable
{
    private const string Suffix = ".upload";

    private readonly string _folder = Path.Combine(options.DataDirectory, "imports");
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<string, bool> _cancelled = new(StringComparer.Ordinal);

    /// <summary>
    /// Stores the file, streamed, and queues it. The same content is the same import: a complete one is answered as it stands, a cancelled one goes on.
    /// </summary>
    /// <param name="timeZone">IANA name of the zone of times that name none; null is UTC.</param>
    public async Task<Result<UsageImport>> ReceiveAsync(Stream content, string? timeZone, CancellationToken cancellationToken)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone ?? "UTC", out _))
        {
            return Refusal.Invalid("time_zone", "time_zone must be an IANA name, such as Europe/Berlin.");
        }

        Directory.CreateDirectory(_folder);
        var part = Path.Combine(_folder, $"{Guid.CreateVersion7():N}.part");
        try
        {
            var (hash, bytes) = await SaveAsync(content, part, cancellationToken);
            var id = "imp_" + hash[..32];
            var known = await store.FindAsync(id, cancellationToken);
            if (known is { Status: UsageImportStatus.Completed or UsageImportStatus.Failed })
            {
                return known;
            }

            _cancelled.TryRemove(id, out _); // who sends it again wants it counted
            if (known is { Status: UsageImportStatus.Running } && (IsHeld(known) || await IsElsewhereAsync(known, cancellationToken)))
            {
                return known;
            }

            await using (var file = File.OpenRead(part))
            {
                var (name, fault) = ImportRun.Check(file);
                if (fault is not null)
                {
                    return Refusal.Invalid("body", fault);
                }

                known = known is null
                    ? new UsageImport
                    {
                        Id = id, Status = UsageImportStatus.Running, Format = name, Node = options.Node, TimeZone = timeZone ?? "UTC", CreatedAt = clock.GetUtcNow(), Bytes = bytes,
                    }
                    : known with { Status = UsageImportStatus.Running, Node = options.Node, FinishedAt = null };
            }

            await store.SaveAsync(known, cancellationToken);
            File.Move(part, FileOf(id), overwrite: true);
            return known;
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Counts every file that waits. One that cannot be counted fails, and does not keep the others waiting.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_folder))
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var path in Directory.GetFiles(_folder, "*" + Suffix).Order(StringComparer.Ordinal))
            {
                var id = Path.GetFileNameWithoutExtension(path);
                if (await store.FindAsync(id, cancellationToken) is { Status: UsageImportStatus.Running } import)
                {
                    await CountAsync(import, path, cancellationToken);
                }

                if (await store.FindAsync(id, cancellationToken) is not { Status: UsageImportStatus.Running })
                {
                    File.Delete(path); // else it was sent again meanwhile
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops an import of this node at the end of its chunk, and at once one whose node is gone; what is counted stays until it is removed.</summary>
    public async Task<Refusal?> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } import)
        {
            return Refusal.NotFound("import", id);
        }

        if (import.Status != UsageImportStatus.Running || await IsElsewhereAsync(import, cancellationToken))
        {
            return new Refusal(RefusalKind.Conflict, "import_not_running", $"The import {id} does not run on this node.");
        }

        if (IsHeld(import))
        {
            _cancelled[id] = true;
            return null;
        }

        await store.SaveAsync(import with { Status = UsageImportStatus.Cancelled, FinishedAt = clock.GetUtcNow() }, cancellationToken);
        return null;
    }

    /// <summary>Removes an import that is over with everything it counted.</summary>
    public async Task<Refusal?> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } import)
        {
            return Refusal.NotFound("import", id);
        }

        if (import.Status == UsageImportStatus.Running)
        {
            return new Refusal(RefusalKind.Conflict, "import_running", $"The import {id} still runs; cancel it first.");
        }

        await store.RemoveAsync(id, cancellationToken);
        return null;
    }

    public void Dispose() => _turn.Dispose();

    private async Task CountAsync(UsageImport import, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            await run.RunAsync(import, file, () => _cancelled.ContainsKey(import.Id), cancellationToken);
        }
        catch (Exception fault) when (!IsPassing(fault))
        {
            LogFailed(import.Id, Defect.Describe(fault));
            var stands = await store.FindAsync(import.Id, cancellationToken) ?? import;
            await store.SaveAsync(
                stands with { Status = UsageImportStatus.Failed, FinishedAt = clock.GetUtcNow(), Error = $"It could not be counted: {fault.GetType().Name}. The log tells more." },
                cancellationToken);
        }
    }

    /// <summary>Whether it is worth another try: the program stops, or the database or the disk is away.</summary>
    private static bool IsPassing(Exception fault) =>
        fault is OperationCanceledException || DatabaseFault.Is(fault);

    /// <summary>Whether its file is here: not before it is moved to its place, and not when the folder was lost. It is counted here then, whatever this node was called.</summary>
    private bool IsHeld(UsageImport import) => File.Exists(FileOf(import.Id));

    /// <summary>Whether another node that lives has its file.</summary>
    private async Task<bool> IsElsewhereAsync(UsageImport import, CancellationToken cancellationToken) =>
        !IsHeld(import) && import.Node != options.Node && (await nodes.OthersAsync(cancellationToken)).Contains(import.Node);

    private string FileOf(string id) => Path.Combine(_folder, id + Suffix);

    private static async Task<(string Hash, long Bytes)> SaveAsync(Stream content, string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        try
        {
            await using var file = File.Create(path);
            long bytes = 0;
            while (await content.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                bytes += read;
            }

            return (Convert.ToHexStringLower(hash.GetHashAndReset()), bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [LoggerMessage(LogLevel.Error, "The import {Import} failed: {Defect}")]
    private partial void LogFailed(string import, string defect);
}
