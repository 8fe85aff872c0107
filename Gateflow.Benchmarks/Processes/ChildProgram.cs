using System.Diagnostics;

namespace Gateflow.Benchmarks.Processes;

/// <summary>A web program of this repository, run as a process of its own on a free port of 127.0.0.1. Disposing kills it and what it started.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private const int TailLines = 40;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    // What surrounds this program must not change what it starts.
    private static readonly string[] NotInherited =
        ["Gateflow__", "Simulator__", "ASPNETCORE_", "ConnectionStrings__", "Logging__", "Kestrel__", "DOTNET_LAUNCH_PROFILE", "DOTNET_ENVIRONMENT", "URLS"];

    private readonly Process _process;
    private readonly Queue<string> _tail = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProgram(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    public int ProcessId => _process.Id;

    /// <summary>"http://127.0.0.1:port".</summary>
    public string Url { get; private set; } = "";

    /// <summary>The last lines that it printed.</summary>
    public string Tail
    {
        get
        {
            lock (_tail)
            {
                return string.Join('\n', _tail);
            }
        }
    }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <exception cref="JobException">It ended or did not listen in time.</exception>
    /// <param name="project">Its project.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="environment">Variables set on top of what is inherited.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="arguments">What stands before the addresses to listen at.</param>
    /// <param name="core">The one core it may use (Linux); null for all.</param>
    public static async Task<ChildProgram> StartAsync(
        string project, string workingDirectory, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken,
        IReadOnlyList<string>? arguments = null, int? core = null)
    {
        var start = new ProcessStartInfo(core is null ? BuiltPrograms.DotNet : "taskset")
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        string[] pinned = core is { } one ? ["-c", one.ToString(System.Globalization.CultureInfo.InvariantCulture), BuiltPrograms.DotNet] : [];
        foreach (var argument in (string[])[.. pinned, "exec", BuiltPrograms.Find(project), .. arguments ?? [], "--urls", "http://127.0.0.1:0"])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(k => NotInherited.Any(n => k.StartsWith(n, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information"; // it says where it listens
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var child = new ChildProgram(project, new Process { StartInfo = start, EnableRaisingEvents = true });
        try
        {
            child.Begin();
            child.Url = await child._address.Task.WaitAsync(LongestStart, cancellationToken);
            return child;
        }
        catch (Exception fault)
        {
            await child.DisposeAsync();
            throw fault is TimeoutException ? new JobException($"{project} did not listen within {LongestStart.TotalSeconds} s. It printed:\n{child.Tail}") : fault;
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Kill();
        try
        {
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // it never started
        }

        _process.Dispose();
    }

    private void Begin()
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new JobException($"{Name} ended at once. It printed:\n{Tail}"));
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_tail)
        {
            if (_tail.Count == TailLines)
            {
                _tail.Dequeue();
            }

            _tail.Enqueue(line);
        }

        var at = line.IndexOf(Listening, StringComparison.Ordinal);
        if (at >= 0)
        {
            _address.TrySetResult(line[(at + Listening.Length)..].Trim());
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Kill();

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // never started, or gone already
        }
    }
}
