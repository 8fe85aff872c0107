using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator.Answers;

/// <summary>Opens files of recorded answers, each read once while it stays as it is, and only below the allowed folders.</summary>
internal sealed class RecordedAnswerFiles(IOptions<SimulatorOptions> options)
{
    private readonly ConcurrentDictionary<string, (DateTime Written, long Length, RecordedAnswers Answers)> _read = new(StringComparer.Ordinal);

    /// <param name="path">Absolute, or relative to the first allowed folder that holds it (without such folders: the working directory).</param>
    /// <param name="answers">What the file holds.</param>
    /// <param name="fault">Why not, naming path and line.</param>
    public bool TryOpen(string path, [NotNullWhen(true)] out RecordedAnswers? answers, [NotNullWhen(false)] out string? fault)
    {
        answers = null;
        fault = null;
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0'))
        {
            fault = "must be the path of a file";
            return false;
        }

        try
        {
            var roots = options.Value.AnswerRoots.Select(root => AnswerPath.Real(Path.GetFullPath(root))).ToList();
            var file = new FileInfo(AnswerPath.Real(AnswerPath.Resolve(path, roots)));
            if (roots.Count > 0 && !roots.Exists(root => AnswerPath.IsBelow(file.FullName, root)))
            {
                fault = $"'{path}' lies outside the folders allowed for recorded answers";
            }
            else if (!file.Exists)
            {
                fault = $"'{path}' does not exist";
            }
            else
            {
                answers = Read(file);
            }
        }
        catch (InvalidDataException problem)
        {
            fault = $"'{path}' {problem.Message}";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            fault = $"'{path}' cannot be read: {problem.Message}";
        }

        return answers is not null;
    }

    private RecordedAnswers Read(FileInfo file)
    {
        if (_read.TryGetValue(file.FullName, out var known) && known.Written == file.LastWriteTimeUtc && known.Length == file.Length)
        {
            return known.Answers;
        }

        var answers = RecordedAnswers.Read(file.FullName);
        _read[file.FullName] = (file.LastWriteTimeUtc, file.Length, answers);
        return answers;
    }
}

internal static class AnswerPath
{
    public static string Resolve(string path, IReadOnlyList<string> roots) =>
        roots.Select(root => Path.GetFullPath(path, root)).FirstOrDefault(File.Exists)
        ?? Path.GetFullPath(path);

    public static bool IsBelow(string path, string root) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path with every symbolic link on it followed: a link inside an allowed folder must not lead out of it.</summary>
    public static string Real(string fullPath)
    {
        var real = Path.GetPathRoot(fullPath)!;
        foreach (var part in fullPath[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            FileSystemInfo entry = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            real = entry.LinkTarget is null ? next : entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }

        return real;
    }
}
