using System.Diagnostics;
using System.Globalization;
using System.Text;
using Gateflow.Benchmarks.MigrationsSim;
using Gateflow.Core.Catalog;
using Gateflow.Core.UsageImports;

namespace Gateflow.Benchmarks.Usage;

/// <summary>What the import of a file of past requests costs, the database's part in it.</summary>
internal static class ImportCost
{
    private static readonly DateTimeOffset From = new(2026, 10, 20, 0, 0, 0, TimeSpan.Zero);

    /// <param name="format">"csv" or "jsonl".</param>
    /// <param name="rows">Rows of the file.</param>
    /// <param name="sorted">By time; else by chance within the month.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ImportFigures> MeasureAsync(string format, int rows, bool sorted, CancellationToken cancellationToken)
    {
        await using var database = await UsageBase.CreateAsync(cancellationToken);
        var path = Path.Combine(database.Folder, "usage." + format);
        await WriteAsync(path, format, rows, sorted, cancellationToken);
        await using var file = File.OpenRead(path);
        var import = new UsageImport
        {
            Id = "imp_benchmark", Status = UsageImportStatus.Running, Format = format, Node = "node", TimeZone = "UTC", CreatedAt = From.AddDays(30), Bytes = file.Length,
        };
        var run = new ImportRun(new ImportStore(database.Databases, () => ModelCatalog.Embedded), TimeProvider.System);
        using var process = Process.GetCurrentProcess();
        var (cpu, began) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        var done = await run.RunAsync(import, file, () => false, cancellationToken);
        var wall = Stopwatch.GetElapsedTime(began);
        process.Refresh();
        return done.RowsImported == rows
            ? new ImportFigures(rows / wall.TotalSeconds, rows / (process.TotalProcessorTime - cpu).TotalSeconds, process.PeakWorkingSet64 / 1e6)
            : throw new JobException($"{done.RowsImported} of {rows} rows were imported; {(done.Errors.Count > 0 ? done.Errors[0].Reason : "")}");
    }

    private static async Task WriteAsync(string path, string format, int rows, bool sorted, CancellationToken cancellationToken)
    {
        var dice = new Dice(3);
        await using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 16);
        if (format == "csv")
        {
            await writer.WriteLineAsync("timestamp,model,feature,key,input_tokens,output_tokens,duration_ms,status,stream".AsMemory(), cancellationToken);
        }

        for (var i = 0; i < rows; i++)
        {
            var at = From.AddSeconds((sorted ? (double)i / rows : dice.Uniform()) * 30 * 86_400).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            var (feature, key, input, output, took) =
                ($"feature-{(int)(dice.Uniform() * 10)}", $"team-{(int)(dice.Uniform() * 5)}", (int)(600 * Math.Exp(1.2 * dice.Normal())), (int)(200 * Math.Exp(0.9 * dice.Normal())), (int)(900 * Math.Exp(0.7 * dice.Normal())));
            await writer.WriteLineAsync(
                (format == "csv"
                    ? $"{at},gpt-4o,{feature},{key},{input},{output},{took},success,1"
                    : $$"""{"startTime":"{{at}}","model":"gpt-4o","team_alias":"{{feature}}","api_key_alias":"{{key}}","prompt_tokens":{{input}},"completion_tokens":{{output}},"request_duration_ms":{{took}},"status":"success"}""").AsMemory(),
                cancellationToken);
        }
    }
}

/// <param name="Rate">Rows a second.</param>
/// <param name="PerCore">Rows a second of processor time.</param>
/// <param name="Megabytes">Largest resident memory of the process so far.</param>
internal sealed record ImportFigures(double Rate, double PerCore, double Megabytes);
