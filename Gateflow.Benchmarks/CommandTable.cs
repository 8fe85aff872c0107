using System.Runtime.InteropServices;

namespace Gateflow.Benchmarks;

/// <summary>Finds the command, reads its options and runs it. Exit codes: 0 done and good, 1 failed, 2 wrong arguments, 130 interrupted.</summary>
internal sealed class CommandTable(IReadOnlyList<Command> commands)
{
    private const int Failed = 1;
    private const int WrongArguments = 2;
    private const int Interrupted = 130;

    public async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || args[0] is "--help" or "-h" or "help")
        {
            List();
            return 0;
        }

        if (commands.FirstOrDefault(c => c.Name == args[0]) is not { } command)
        {
            await Console.Error.WriteLineAsync($"There is no command '{args[0]}'. Run without arguments for the list.");
            return WrongArguments;
        }

        var rest = args.Skip(1).ToList();
        if (rest.Contains("--help") || rest.Contains("-h"))
        {
            Console.WriteLine(command.Help);
            return 0;
        }

        return await RunAsync(command, rest);
    }

    private static async Task<int> RunAsync(Command command, IReadOnlyList<string> args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        try
        {
            return await command.RunAsync(CommandLine.Parse(args, command.Options), stop.Token);
        }
        catch (UsageException fault)
        {
            await Console.Error.WriteLineAsync($"{command.Name}: {fault.Message}\nSee {command.Name} --help.");
            return WrongArguments;
        }
        catch (JobException fault)
        {
            await Console.Error.WriteLineAsync($"{command.Name}: {fault.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"{command.Name}: interrupted.");
            return Interrupted;
        }

        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true; // so that what was started is stopped in order
            stop.Cancel();
        }
    }

    private void List()
    {
        Console.WriteLine("Figures of Gateflow, to be run again by anyone:");
        foreach (var command in commands)
        {
            Console.WriteLine($"  {command.Name,-14} {command.Summary}");
        }

        Console.WriteLine("Each explains itself with --help.");
    }
}
