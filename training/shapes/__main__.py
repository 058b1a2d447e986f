"""Command line: python -m shapes generate | train | export | evaluate | samples."""

import argparse
import os

from .pictures import TRAINING_SEED

PROJECT = os.path.normpath(os.path.join(os.path.dirname(__file__), "..", ".."))
MODEL_FOLDER = os.path.join(PROJECT, "models", "shapes")
EVALUATION_SEED = 1000
DEFAULT_CHECKPOINT = "shapes-checkpoint.npz"


def picture_size(text):
    """"640x480" -> (640, 480)."""
    width, height = (int(part) for part in text.lower().split("x"))
    return width, height


def parse_arguments():
    parser = argparse.ArgumentParser(prog="python -m shapes", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name, text):
        return commands.add_parser(
            name, help=text, formatter_class=argparse.ArgumentDefaultsHelpFormatter)

    command = add("generate", "write pictures and their ground truth to a folder")
    command.add_argument("--out", required=True, help="folder to write to")
    command.add_argument("--count", type=int, default=500)
    command.add_argument("--seed", type=int, default=EVALUATION_SEED,
                         help=f"name of the set; {TRAINING_SEED} is the training set")
    command.add_argument("--format", choices=("jpg", "png"), default="jpg")
    command.add_argument("--size", type=picture_size, help="such as 640x480; random by default")

    command = add("train", "train from scratch")
    command.add_argument("--checkpoint", default=DEFAULT_CHECKPOINT, help="file to write")
    command.add_argument("--pictures", type=int, default=6000)
    command.add_argument("--steps", type=int, default=3600)
    command.add_argument("--batch", type=int, default=16)
    command.add_argument("--rate", type=float, default=2e-3, help="peak learning rate")
    command.add_argument("--seed", type=int, default=1, help="of weights and batches")
    command.add_argument("--processes", type=int, default=os.cpu_count(), help="that draw pictures")

    command = add("export", "write the OpenVINO model")
    command.add_argument("--checkpoint", default=DEFAULT_CHECKPOINT, help="file to read")
    command.add_argument("--out", default=MODEL_FOLDER, help="folder to write to")

    command = add("evaluate", "measure a model on generated pictures")
    command.add_argument("--model", default=os.path.join(MODEL_FOLDER, "shapes.xml"))
    command.add_argument("--count", type=int, default=500)
    command.add_argument("--seed", type=int, default=EVALUATION_SEED)
    command.add_argument("--confidence", type=float, default=0.001)
    command.add_argument("--iou", type=float, default=0.45, help="of non-maximum suppression")
    command.add_argument("--precision", choices=("f32", "f16", "bf16"),
                         help="of inference; the device's choice by default")
    command.add_argument("--json", help="file to write the table to")

    command = add("samples", "draw the sample pictures, and check a model on them")
    command.add_argument("--out", default=os.path.join(PROJECT, "samples"))
    command.add_argument("--truth", default=os.path.join(PROJECT, "tests", "pipeline", "samples_truth.json"),
                         help="where what is in them is written; the tests read it")
    command.add_argument("--model", help="model to check; only draws without it")
    return parser.parse_args()


def main():
    """Runs one command; only `train` and `export` need TensorFlow."""
    arguments = parse_arguments()
    if arguments.command == "generate":
        from .folder import generate
        generate(arguments.out, arguments.seed, arguments.count, arguments.format, arguments.size)
    elif arguments.command == "train":
        from .train import train
        train(arguments.checkpoint, arguments.pictures, arguments.steps, arguments.batch,
              arguments.rate, arguments.seed, arguments.processes)
    elif arguments.command == "export":
        from .export import export
        export(arguments.checkpoint, arguments.out)
    elif arguments.command == "evaluate":
        from .evaluate import evaluate
        if arguments.seed == TRAINING_SEED:
            print("warning: these are pictures of the training set")
        evaluate(arguments.model, arguments.seed, arguments.count,
                 arguments.confidence, arguments.iou, precision=arguments.precision,
                 json_path=arguments.json)
    else:
        from .samples import check_samples, write_samples
        write_samples(arguments.out, arguments.truth)
        if arguments.model:
            check_samples(arguments.out, arguments.truth, arguments.model)


if __name__ == "__main__":
    main()
